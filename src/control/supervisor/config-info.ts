import type { ProgramSpec } from '../../model/program-spec.ts'
import type { RpcContext } from './method.ts'
import type { RpcResult } from './rpc-value.ts'

/** Where supervisor has a number and stead has none: all are alike, as with its default. */
const PRIORITY = 999

export interface ConfiguredService {
  readonly spec: ProgramSpec
  readonly group: string
  /** It runs, or could be started: it was taken over. */
  readonly inUse: boolean
  readonly serverUrl: string
}

/**
 * What `getAllConfigInfo` says of each instance of a service. The environment is not in it. `none`
 * stands for what is not set: XML-RPC has no other word for it.
 */
export function configInfos(
  { spec, group, inUse, serverUrl }: ConfiguredService,
  signals: RpcContext['signals'],
): RpcResult[] {
  const { log, restart, stop } = spec
  const step = stop.find(({ action }) => action.kind === 'signal')
  const signal = step?.action.kind === 'signal' ? step.action : null
  const info = {
    autostart: spec.autostart,
    directory: spec.cwd,
    uid: spec.user ?? 'none',
    command: spec.command.map(quoted).join(' '),
    exitcodes: [0],
    group,
    group_prio: PRIORITY,
    inuse: inUse,
    killasgroup: true,
    process_prio: PRIORITY,
    redirect_stderr: true,
    startretries: restart.limit?.count ?? 0,
    startsecs: Math.ceil(spec.startSeconds / 1_000),
    stdout_capture_maxbytes: 0,
    stdout_events_enabled: false,
    stdout_logfile: log.format === 'off' ? 'none' : (log.file ?? 'auto'),
    stdout_logfile_backups: log.rotate.keep,
    stdout_logfile_maxbytes: log.rotate.size ?? 0,
    stdout_syslog: false,
    stopsignal: signals[signal?.signal ?? 'SIGTERM'] ?? 15,
    stopwaitsecs: Math.ceil((stop[0]?.wait ?? 0) / 1_000),
    stderr_capture_maxbytes: 0,
    stderr_events_enabled: false,
    stderr_logfile: 'none',
    stderr_logfile_backups: 0,
    stderr_logfile_maxbytes: 0,
    stderr_syslog: false,
    serverurl: serverUrl,
  }
  return Array.from({ length: spec.instances }, (_, index) => ({
    ...info,
    name: spec.instances === 1 ? spec.name : `${spec.name}@${index + 1}`,
  }))
}

/** As a shell takes it for one word. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`
}
