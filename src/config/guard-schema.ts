import * as z from 'zod'
import { nameProblem } from '../model/service-name.ts'
import { accessSchema } from './access-schema.ts'
import { configurationSchema } from './configuration-schema.ts'
import { controlSchema } from './control-schema.ts'
import { described } from './described.ts'
import { eventsSchema } from './events-schema.ts'
import { metricsSchema } from './metrics-schema.ts'
import { inheritable, programSchema } from './program-schema.ts'
import { truth } from './program-values.ts'
import { remoteSchema } from './remote-schema.ts'
import { name, path, restartLimit } from './setting-values.ts'

/** More than this is no file that a person keeps. */
const MAX_SERVICES = 10_000

const serviceName = z.string().superRefine((value, context) => {
  const problem = value.includes('@') ? '"@" is for its instances: NAME@1' : nameProblem(value)
  if (problem !== null) context.addIssue({ code: 'custom', message: problem })
})

const groupSchema = z.strictObject({
  services: z.array(name).min(1).meta({
    description: 'its members, in the order that rest_for_one means',
    example: '[db, api]',
  }),
  strategy: described(
    z.enum(['one_for_one', 'one_for_all', 'rest_for_one']),
    'what happens to the others when one fails: one_for_one nothing, one_for_all all are restarted, rest_for_one those named after it are',
    { example: 'rest_for_one', fallback: 'one_for_one' },
  ),
  limit: described(
    restartLimit,
    'more failures of its members than this in such a time stop the whole group: COUNT/TIME, or none',
    { example: '10/1m', fallback: 'none' },
  ),
})

const fileReference = z.union([path, z.strictObject({ file: path, optional: truth.optional() })])
const fileReferences = z.union([fileReference, z.array(fileReference)])

/** What one writes in stead.yaml. `include`, `profiles` and `envFiles` are done with before it is checked. */
export const guardSchema = z.strictObject({
  project: described(
    name,
    'what this guard is called; without it as the directory that the file is in',
    { example: 'shop' },
  ),
  name: described(name, 'the same as project'),
  include: described(
    fileReferences,
    'files whose settings hold where this one says nothing else: relative to it, `*` in the last part',
    { example: '[base.yaml, conf.d/*.yaml, { file: local.yaml, optional: true }]' },
  ),
  envFiles: described(
    fileReferences,
    'files of KEY=VALUE lines in which variables are looked up where the environment has no such variable',
    { example: '{ file: .env, optional: true }' },
  ),
  profiles: described(
    z.record(name, z.unknown().meta({ type: 'object' })),
    'settings by the names of profiles, which hold instead of those of the file where a profile is asked for',
    { example: '{ prod: { defaults: { restart: { limit: none } } } }' },
  ),
  services: z
    .record(serviceName, programSchema)
    .refine((services) => Object.keys(services).length > 0, 'there is no service in it')
    .refine(
      (services) => Object.keys(services).length <= MAX_SERVICES,
      `there are more than ${MAX_SERVICES} services in it`,
    )
    .meta({ description: 'the programs to keep, by their names' }),
  groups: described(z.record(name, groupSchema), 'services that fail and recover together'),
  access: described(
    accessSchema,
    'who may talk to the guard, beside its own user and root: a role for users and groups, and what it is for',
    { example: '[{ role: operator, users: [deploy], services: ["web-*"] }]' },
  ),
  metrics: described(
    metricsSchema,
    'GET /metrics over TCP as well, for scrapers that know no unix sockets: reading alone, and nothing else',
    { example: '{ listen: "127.0.0.1:9464" }' },
  ),
  control: described(
    controlSchema,
    'other ways to the guard than its socket: control over TCP, where it is asked for',
  ),
  configuration: described(
    configurationSchema,
    'how changes of this file are taken: by themselves, on trial, and how many versions are kept',
    { example: '{ watch: true, trial: 1m }' },
  ),
  remote: described(
    remoteSchema,
    'where settings come from that are stronger than this file: etcd, Consul or an HTTP server',
    { example: '{ etcd: { endpoints: ["https://10.0.0.1:2379"], key: /stead/shop.yaml } }' },
  ),
  events: described(
    eventsSchema,
    'who is told of events as they happen: webhooks and programs, in order and at least once',
    { example: '{ webhooks: [{ url: "https://hooks.example/stead", kinds: [exit] }] }' },
  ),
  defaults: described(
    z.strictObject(inheritable),
    'settings that every service has unless it says otherwise; maps such as env, labels, limits, log and restart are merged',
  ),
})

export type GuardSettings = z.output<typeof guardSchema>
