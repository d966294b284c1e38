import * as z from 'zod'
import type { Need } from '../model/program-needs.ts'
import { described } from './described.ts'
import { oneOf, TARGETS, targetOf } from './probe-schema.ts'
import { kind, path, positiveDuration } from './setting-values.ts'

/** More of them than this are a typing error. */
const MOST = 100
/** Milliseconds that one try may take. */
const TIMEOUT = 5_000

/** A name as DNS has it (RFC 1035), or as a hosts file does. */
const hostName = z
  .string()
  .max(253)
  .regex(/^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_.])?$/, 'it is not a name such as "db.local"')
  .meta({ title: 'name' })

const need = z
  .strictObject({
    ...TARGETS,
    file: described(path, 'something has this path', { example: '/run/secrets/token' }),
    dns: described(hostName, 'this name has an address', { example: 'db.local' }),
    timeout: described(positiveDuration, 'time that one try may take', {
      example: '2s',
      fallback: '5s',
    }),
  })
  .transform((value, context): Need => {
    const problem = oneOf(value, ['tcp', 'http', 'file', 'dns', 'exec'])
    const { file, dns, timeout = TIMEOUT } = value
    const target = targetOf(value)
    if (problem !== null) context.addIssue({ code: 'custom', message: problem })
    else if (target !== null) return { ...target, timeout }
    else if (file !== undefined) return { kind: 'file', path: file, timeout }
    else if (dns !== undefined) return { kind: 'dns', name: dns, timeout }
    return z.NEVER
  })

/** `false` takes back what `defaults` would give, as an empty list does. */
export const needs = z.union(
  [z.literal(false).transform((): Need[] => []), z.array(need).max(MOST)],
  kind('a list such as [{ tcp: "db.local:5432" }]'),
)
