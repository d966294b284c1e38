import * as z from 'zod'
import { DEPENDENCY_CONDITIONS } from '../model/program-spec.ts'
import { described } from './described.ts'
import { labels } from './label-schema.ts'
import { log } from './log-schema.ts'
import { needs } from './needs-schema.ts'
import { parameters } from './parameter-schema.ts'
import { health, ready } from './probe-schema.ts'
import { cronText, orNone, principal, truth, umask, whole } from './program-values.ts'
import { programRestart } from './restart-schema.ts'
import {
  command,
  duration,
  env,
  line,
  name,
  path,
  percent,
  positiveDuration,
  size,
} from './setting-values.ts'
import { sockets } from './socket-schema.ts'
import { heartbeat, reload, stop } from './stop-schema.ts'
import { windowsProgram } from './windows-schema.ts'

const noCore = z.union([z.literal(0), z.literal('0').transform(() => 0 as const)])

const limits = z.strictObject({
  memory: described(orNone(size), 'of the whole tree; above it, it is restarted', {
    example: '512M',
    fallback: 'none',
  }),
  cpu: described(
    orNone(percent),
    'share of one core over ten seconds (200% is two cores); above it, it is restarted',
    { example: '50%', fallback: 'none' },
  ),
  openFiles: described(orNone(whole(8, 1_073_741_816)), 'RLIMIT_NOFILE of setrlimit(2)', {
    example: '4096',
  }),
  processes: described(orNone(whole(1, 4_194_304)), 'RLIMIT_NPROC of setrlimit(2), of its user', {
    example: '256',
  }),
  coreSize: described(z.union([orNone(size), noCore]), 'RLIMIT_CORE of setrlimit(2); 0 for none', {
    example: '0',
  }),
})

/** What `defaults` may say for all services as well. */
export const inheritable = {
  description: described(line, 'one line for people', { example: 'Serves the shop' }),
  labels: described(labels, 'for selecting: stead restart -l tier=web', {
    example: '{ tier: web }',
  }),
  protocol: described(
    z.enum(['native', 'none']),
    'native: the program is built with the SDK of stead, and says itself when it is ready',
    { example: 'native', fallback: 'none' },
  ),
  cwd: described(path, 'the directory it starts in; without it that of the file', {
    example: './api',
  }),
  env: described(env, 'environment variables, besides those of the guard', {
    example: '{ NODE_ENV: production }',
  }),
  envFile: described(path, 'a file of KEY=VALUE lines, read at each start: the place for secrets', {
    example: './secrets.env',
  }),
  user: described(
    principal,
    'the account to run as, with its HOME, USER, LOGNAME and SHELL; it needs a guard that runs as root',
    {
      example: 'www-data',
    },
  ),
  group: described(principal, 'the group to run as, if not that of the user', {
    example: 'www-data',
  }),
  supplementaryGroups: described(
    z.array(principal).max(64),
    'its other groups; without it those that the user has in the group database',
    { example: '[audio, video]' },
  ),
  umask: described(umask, 'bits that files it creates shall not have, in octal and in quotes', {
    example: '"027"',
  }),
  nice: described(whole(-20, 19), 'scheduling priority from -20, the highest, to 19', {
    example: '10',
  }),
  limits: described(limits, 'what it may use', { example: '{ memory: 512M, openFiles: 4096 }' }),
  cgroup: described(
    truth,
    'a control group v2 of its own, where the guard may make one: nothing escapes a stop, and the kernel holds limits.memory',
    { example: 'true', fallback: 'false' },
  ),
  windows: described(windowsProgram, 'what only a guard on Windows gives a program', {
    example: '{ priority: below-normal, affinity: [0, 1] }',
  }),
  type: described(
    z.enum(['service', 'job']),
    'service: it is to run always; job: it runs to its end, and exit code 0 is its success',
    { example: 'job', fallback: 'service' },
  ),
  autostart: described(truth, 'false: it starts when it is asked for', {
    example: 'false',
    fallback: 'true',
  }),
  instances: described(whole(1, 1_000), 'how many of it run; they are NAME@1, NAME@2, …', {
    example: '4',
    fallback: '1',
  }),
  needs: described(
    needs,
    'what has to be there before each start: tcp, http, file, dns or exec; it is asked again and again, and the service is waiting meanwhile',
    { example: '[{ tcp: "db.local:5432" }, { file: /run/secrets/token }]' },
  ),
  needsTimeout: described(
    orNone(positiveDuration),
    'until all of needs has to be there, or the start has failed; none for ever',
    { example: '30s', fallback: '5m' },
  ),
  restart: described(programRestart, 'when, after which delay, and how often at most', {
    example: '{ when: always, delay: 200ms, limit: 5/1m }',
    fallback: 'on-failure',
  }),
  startSeconds: described(
    duration,
    'it has to live so long, and to be ready, before its start counts as one',
    { example: '5s', fallback: '1s' },
  ),
  startTimeout: described(positiveDuration, 'until it has to be ready', {
    example: '2m',
    fallback: '90s',
  }),
  ready: described(
    ready,
    'how the guard learns that it is ready; without it: as soon as it runs, and notify with protocol: native',
    { example: '{ tcp: "127.0.0.1:6379" }' },
  ),
  health: described(health, 'how the guard learns that it still works', {
    example: '{ http: "http://127.0.0.1:8080/healthz", every: 5s, failures: 3 }',
  }),
  heartbeat: described(heartbeat, 'it has to say regularly that it lives; true for every 5s', {
    example: 'true',
    fallback: 'false',
  }),
  stop: described(
    stop,
    'how it is stopped: {timeout, signal}, or steps in order; SIGKILL to all its processes comes last',
    { example: '{ signal: SIGINT, timeout: 30s }', fallback: '{ signal: SIGTERM, timeout: 10s }' },
  ),
  reload: described(reload, 'what stead reload does: restart, a signal, or a command', {
    example: '{ signal: SIGHUP }',
    fallback: 'restart',
  }),
  reloadOn: described(
    z.union([z.array(path).max(100), path.transform((value) => [value])]),
    'files that it reads itself: when one of them changes, it is reloaded',
    { example: './nginx.conf' },
  ),
  restartAt: described(
    z.union([z.array(cronText).max(100), cronText.transform((value) => [value])]),
    'when it is restarted, as a time of cron(8) or a list of them, in local time',
    { example: '"0 4 * * *"' },
  ),
  fdStoreMax: described(
    whole(0, 1_024),
    'how many open descriptors it may leave with the guard for its next life (FDSTORE=1)',
    { example: '16', fallback: '0' },
  ),
  log: described(log, 'what happens to what it writes', {
    example: '{ format: json, rotate: { size: 10M, keep: 7, compress: gzip } }',
  }),
}

const dependsOn = z.union([z.array(name), z.record(z.string(), z.enum(DEPENDENCY_CONDITIONS))])

/** The settings of one service of stead.yaml. */
export const programSchema = z.strictObject({
  command: command.meta({
    description:
      'program and arguments: a list, or one line that is split as a shell would and run without one',
    example: '[redis-server, --port, "6379"]',
  }),
  ...inheritable,
  dependsOn: described(
    dependsOn,
    'what it waits for: started, ready, healthy, completed or succeeded, by service; a list means ready where there is a readiness check, else started',
    { example: '{ db: ready }' },
  ),
  sockets: described(
    sockets,
    'sockets by name that the guard opens and keeps over restarts; the program gets them as descriptors from 3 on (LISTEN_FDS)',
    { example: '{ http: { tcp: 8080 } }' },
  ),
  parameters: described(
    parameters,
    'what an operator may change while it runs (stead set), by name: its type, default and range, and how the program gets a new value',
    {
      example:
        '{ rate: { type: integer, default: 100, min: 1, max: 1000, env: RATE_LIMIT, apply: restart } }',
    },
  ),
})

export type ProgramSettings = z.output<typeof programSchema>
export type InheritedSettings = Omit<
  ProgramSettings,
  'command' | 'dependsOn' | 'sockets' | 'parameters'
>
