import * as z from 'zod'
import { inheritable } from './program-schema.ts'
import { remoteSetting } from './remote-schema.ts'
import { programRestart } from './restart-schema.ts'
import {
  account,
  command,
  count,
  env,
  line,
  name,
  path,
  percent,
  positiveDuration,
  size,
} from './setting-values.ts'
import { windowsService } from './windows-schema.ts'

/** What one writes to describe a service: in a file, or by flags of the command line. */
export const specSchema = z.strictObject({
  name: name.describe('1 to 80 letters, digits, "-", "_", "."'),
  displayName: line.optional().describe('a name for people'),
  description: line.optional().describe('one line for people'),
  command: command.describe(
    'program and arguments: a list, or one line that is split as a shell would and run without one',
  ),
  protocol: z
    .enum(['native', 'none'])
    .optional()
    .describe('native: the program is built with the SDK of stead'),
  config: path
    .optional()
    .describe('the program’s own configuration file; it is told as STEAD_CONFIG'),
  remote: remoteSetting
    .optional()
    .describe(
      'where settings of a program of the SDK come from, over its file: an address, or a file about it; it is told as STEAD_REMOTE',
    ),
  cwd: path.optional().describe('working directory'),
  env: env.optional().describe('environment variables; visible to every user of the machine'),
  envFile: path
    .optional()
    .describe('a file of KEY=VALUE lines, read at each start: the place for secrets'),
  user: account.optional().describe('the account to run as'),
  group: account.optional().describe('the group to run as'),
  startType: z
    .enum(['auto', 'delayed', 'manual', 'disabled'])
    .optional()
    .describe('auto: starts at boot (or at login)'),
  dependsOn: z.array(name).optional().describe('services of the same manager to start first'),
  restart: programRestart.optional().describe('when, after which delay, and how often at most'),
  startTimeout: positiveDuration.optional().describe('until it has to be ready'),
  stopTimeout: positiveDuration.optional().describe('until it has to have stopped'),
  killMode: z
    .enum(['control-group', 'mixed', 'process', 'none'])
    .optional()
    .describe('who is signalled at a stop: systemd.kill(5)'),
  watchdog: positiveDuration.optional().describe('the longest silence between two heartbeats'),
  limits: z
    .strictObject({
      memory: size.optional(),
      cpu: percent.optional(),
      openFiles: count.optional(),
      processes: count.optional(),
    })
    .optional()
    .describe('memory as a size, cpu as percent of a core, openFiles and processes as numbers'),
  harden: z
    .enum(['off', 'standard', 'strict'])
    .optional()
    .describe('a preset of restrictions (systemd)'),
  windows: windowsService.optional().describe('what only Windows has of a service'),
  // What no manager knows takes a guard: the same settings as in stead.yaml.
  ready: inheritable.ready,
  health: inheritable.health,
  heartbeat: inheritable.heartbeat,
  needs: inheritable.needs,
  needsTimeout: inheritable.needsTimeout,
  startSeconds: inheritable.startSeconds,
  stop: inheritable.stop,
  reload: inheritable.reload,
  reloadOn: inheritable.reloadOn,
  restartAt: inheritable.restartAt,
  cgroup: inheritable.cgroup,
  log: inheritable.log,
})

export type SpecText = z.input<typeof specSchema>
export type ServiceSettings = z.output<typeof specSchema>
