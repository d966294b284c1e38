import * as z from 'zod'
import type { SocketSpec } from '../model/socket-spec.ts'
import { described } from './described.ts'
import { principal, umask, whole } from './program-values.ts'
import { kind, path } from './setting-values.ts'

/** Of sd_listen_fds_with_names(3): no colon, which joins them, nothing unprintable, at most 255. */
const NAME = /^[!-9;-~]{1,255}$/
const MOST = 64
/** What listen(2) is given where nothing is said; the kernel takes its own net.core.somaxconn where that is less. */
const BACKLOG = 4_096
/** Of a unix socket: whoever may write to it may connect (unix(7)). */
const MODE = 0o666

const place = z
  .union([z.string(), z.number()], kind('a port or "ADDRESS:PORT"'))
  .transform((value, context) => {
    const match = /^(?:(?:\[([0-9a-f:.]+)\]|([^\s:/[\]]+)):)?(\d{1,5})$/i.exec(String(value))
    const port = Number(match?.[3])
    const named = match?.[1] ?? match?.[2] ?? '::'
    const host = named === '*' ? '::' : named === 'localhost' ? '127.0.0.1' : named
    if (port >= 1 && port <= 65_535 && isAddress(host)) return { host, port }
    const message = `${JSON.stringify(value)} is not a port from 1 to 65535, nor "ADDRESS:PORT" with the address in numbers`
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  })
  .meta({ title: 'port, ADDRESS:PORT' })

function isAddress(host: string): boolean {
  return host.includes(':')
    ? URL.canParse(`http://[${host}]/`)
    : /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/.test(host)
}

const details = z
  .strictObject({
    tcp: described(place, 'listen on this port, of all addresses or of the one before it', {
      example: '127.0.0.1:8080',
    }),
    udp: described(place, 'take datagrams on this port', { example: '5353' }),
    unix: described(path, 'listen on a unix socket at this path', { example: './run/api.sock' }),
    mode: described(umask, 'of a unix socket, in octal and in quotes: who may connect', {
      example: '"0660"',
      fallback: '"0666"',
    }),
    owner: described(principal, 'of a unix socket; it needs a guard that runs as root', {
      example: 'www-data',
    }),
    group: described(principal, 'of a unix socket', { example: 'www-data' }),
    backlog: described(whole(1, 65_535), 'connections that may wait to be taken', {
      example: '511',
      fallback: '4096',
    }),
  })
  .transform((value, context): Omit<SocketSpec, 'name'> => {
    const { tcp, udp, unix, mode, owner, group, backlog } = value
    const kinds = [tcp, udp, unix].filter((one) => one !== undefined)
    const complain = (message: string, at: string[] = []): never => {
      context.addIssue({ code: 'custom', message, path: at })
      return z.NEVER
    }
    if (kinds.length !== 1) return complain('exactly one of tcp, udp and unix is needed')
    if (unix === undefined) {
      for (const key of ['mode', 'owner', 'group'] as const) {
        if (value[key] !== undefined) return complain('it is for unix sockets only', [key])
      }
    }
    if (udp !== undefined && backlog !== undefined) {
      return complain('it is for tcp and unix sockets only', ['backlog'])
    }
    return {
      address:
        unix !== undefined
          ? {
              kind: 'unix',
              path: unix,
              mode: mode ?? MODE,
              owner: owner ?? null,
              group: group ?? null,
            }
          : tcp !== undefined
            ? { kind: 'tcp', ...tcp }
            : { kind: 'udp', ...(udp as { host: string; port: number }) },
      backlog: backlog ?? BACKLOG,
    }
  })

/** Sockets by name, in the order in which the program gets them. */
export const sockets = z
  .record(z.string(), details)
  .superRefine((value, context) => {
    const names = Object.keys(value)
    if (names.length > MOST) {
      context.addIssue({ code: 'custom', message: `more than ${MOST} sockets` })
    }
    for (const name of names) {
      if (NAME.test(name) && !/^\d+$/.test(name)) continue
      const message = `${JSON.stringify(name)} cannot be the name of a socket: no blanks, no colon, not only digits`
      context.addIssue({ code: 'custom', message, path: [name] })
    }
  })
  .transform((value): readonly SocketSpec[] =>
    Object.entries(value).map(([name, one]) => ({ name, ...one })),
  )
