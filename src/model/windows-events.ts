import { SEVERITY, type Severity } from './log-entry.ts'

/**
 * What stead writes to the Windows Event Log, each kind with an id that never changes and is never
 * given to another: filters, alarms and scripts are built on it. The texts are in the message table
 * that an installation registers; their inserts are always the same two, `%1` the service's name and
 * `%2` what happened, so that a record reads well under an older or newer table too.
 */
export interface WindowsEvent {
  /** The event id that the Event Viewer shows; 1 to 65,535. */
  readonly id: number
  readonly severity: Severity
  readonly text: { readonly en: string; readonly zh: string }
  /** What somebody who reads it can do. */
  readonly advice: string
}

const LINE = { en: '%2', zh: '%2' } as const

function line(id: number, severity: Severity, advice: string): WindowsEvent {
  return { id, severity, text: LINE, advice }
}

function event(
  id: number,
  severity: keyof typeof SEVERITY,
  en: string,
  zh: string,
  advice: string,
): WindowsEvent {
  return { id, severity: SEVERITY[severity], text: { en, zh }, advice }
}

/** Ids by name. To add one take the next number of its ten; to retire one leave it in `RETIRED`. */
export const WINDOWS_EVENTS = {
  'log-emergency': line(
    10,
    0,
    'A line of the log of the service: `stead logs NAME` has the others.',
  ),
  'log-alert': line(11, 1, 'As 10.'),
  'log-critical': line(12, 2, 'As 10.'),
  'log-error': line(13, 3, 'As 10.'),
  'log-warning': line(14, 4, 'As 10.'),
  'log-notice': line(15, 5, 'As 10. Lines below `warning` are in the log alone, unless asked for.'),
  'log-info': line(16, 6, 'As 15.'),
  'log-debug': line(17, 7, 'As 15.'),
  started: event(100, 'info', 'Service %1 is starting.', '服务 %1 正在启动。', 'Nothing.'),
  ready: event(101, 'info', 'Service %1 is ready.', '服务 %1 已就绪。', 'Nothing.'),
  stopped: event(102, 'info', 'Service %1 has stopped: %2', '服务 %1 已停止：%2', 'Nothing.'),
  failed: event(
    103,
    'error',
    'Service %1 has failed: %2',
    '服务 %1 失败：%2',
    'The code and the reason are in the text; `stead logs NAME` says what came before.',
  ),
  crashed: event(
    104,
    'critical',
    'Service %1 has crashed: %2',
    '服务 %1 已崩溃：%2',
    'An error that the program did not catch, or an exception of Windows: mend the program.',
  ),
  restarting: event(
    110,
    'warning',
    'The program of service %1 has ended and is started again: %2',
    '服务 %1 的程序已结束，将重新启动：%2',
    '`stead explain NAME` says why it ended and when it starts.',
  ),
  'gave-up': event(
    111,
    'error',
    'The program of service %1 is not started again: %2',
    '服务 %1 的程序不再重新启动：%2',
    'Its limit of restarts is reached, or it cannot run: mend it, then `stead start NAME`.',
  ),
  unhealthy: event(
    120,
    'warning',
    'The program of service %1 is not healthy: %2',
    '服务 %1 的程序不健康：%2',
    'Its health probe failed; the service restarts it where that was asked for.',
  ),
  healthy: event(
    121,
    'info',
    'The program of service %1 is healthy again. %2',
    '服务 %1 的程序已恢复健康。%2',
    'Nothing.',
  ),
  'stop-forced': event(
    130,
    'warning',
    'The program of service %1 did not stop when asked: %2',
    '服务 %1 的程序未按要求停止：%2',
    'Give its stop steps more time, or mend what it does when it is asked.',
  ),
  survivors: event(
    131,
    'error',
    'Processes of service %1 have outlived it: %2',
    '服务 %1 的进程在其停止后仍然存在：%2',
    'End the processes whose ids are named.',
  ),
  'guard-crashed': event(
    200,
    'critical',
    'stead itself has crashed while it kept service %1: %2',
    '守护服务 %1 的 stead 自身已崩溃：%2',
    'Report it, with the text. The SCM starts the service again as it was installed.',
  ),
  'configuration-applied': event(
    210,
    'info',
    'A new configuration of service %1 holds: %2',
    '服务 %1 的新配置已生效：%2',
    'Nothing.',
  ),
  'configuration-refused': event(
    211,
    'error',
    'The configuration of service %1 is refused: %2',
    '服务 %1 的配置被拒绝：%2',
    'Mend what the text names; the configuration before it goes on to hold.',
  ),
  'not-installed': event(
    220,
    'error',
    'Service %1 could not be installed: %2',
    '服务 %1 无法安装：%2',
    'The text has the reason and what helps; Windows Installer has taken everything back.',
  ),
} as const satisfies Readonly<Record<string, WindowsEvent>>

export type WindowsEventName = keyof typeof WINDOWS_EVENTS

/** Ids that once meant something; no event may take one. */
export const RETIRED: readonly number[] = []

/** The event of a line of the log. */
export function eventOfLine(severity: Severity): WindowsEventName {
  return LINES[severity]
}

const LINES: Readonly<Record<Severity, WindowsEventName>> = {
  0: 'log-emergency',
  1: 'log-alert',
  2: 'log-critical',
  3: 'log-error',
  4: 'log-warning',
  5: 'log-notice',
  6: 'log-info',
  7: 'log-debug',
}

/** wType of ReportEventW (<winnt.h>): EVENTLOG_ERROR_TYPE, _WARNING_TYPE, _INFORMATION_TYPE. */
export const EVENT_TYPES = { error: 1, warning: 2, information: 4 } as const

/** The three levels of the Event Log for the eight severities: 0–3 error, 4 warning, 5–7 information. */
export function eventType(severity: Severity): keyof typeof EVENT_TYPES {
  if (severity <= SEVERITY.error) return 'error'
  return severity === SEVERITY.warning ? 'warning' : 'information'
}
