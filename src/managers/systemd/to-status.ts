import { describeExit, type Exit } from '../../model/exit.ts'
import type { Scope, StartType } from '../../model/service-spec.ts'
import type { Phase, ServiceStatus } from '../../model/service-status.ts'
import { exitOf, meaningOf } from './exit-status.ts'
import type { Marker } from './marker.ts'
import type { UnitFacts } from './unit-facts.ts'

/** What a native service says of itself in STATUS= while systemd knows only "running". */
const SPOKEN = /^(pausing|paused|resuming)(?:: (.*))?$/s

/**
 * The phase, from the unit's active and sub state (systemctl(1), `--state=help`):
 *
 * | active | sub | phase |
 * |---|---|---|
 * | inactive | | stopped, or waiting where a start is queued |
 * | failed | | fatal: systemd does not start it again by itself |
 * | activating | auto-restart, auto-restart-queued | backoff |
 * | activating | others | starting |
 * | active | running, exited | running, or what a native service says: pausing, paused, resuming |
 * | reloading | | reloading |
 * | deactivating | | stopping |
 */
export function phaseOf(facts: UnitFacts, marker: Marker | null): Phase {
  if (facts.load === 'not-found') return 'not-installed'
  switch (facts.active) {
    case 'active':
      return spokenPhase(facts, marker) ?? 'running'
    case 'reloading':
      return 'reloading'
    case 'activating':
      return facts.sub.startsWith('auto-restart') ? 'backoff' : 'starting'
    case 'deactivating':
      return 'stopping'
    case 'failed':
      return facts.job ? 'waiting' : 'fatal'
    default:
      return facts.job ? 'waiting' : 'stopped'
  }
}

/** The status that the facts tell; `memory` and `lastExit` are what systemd itself did not know. */
export function statusOf(
  name: string,
  scope: Scope,
  facts: UnitFacts,
  marker: Marker | null,
  found: { memory?: number | null; lastExit?: ServiceStatus['lastExit'] } = {},
): ServiceStatus {
  const phase = phaseOf(facts, marker)
  const known = phase !== 'not-installed'
  const exit = exitOf(facts.exitCode, facts.exitStatus)
  const lastExit = exit === null ? (found.lastExit ?? null) : { exit, at: facts.exitedAt }
  return {
    name,
    manager: 'systemd',
    scope,
    ours: marker !== null,
    displayName: known ? (marker === null ? facts.description : marker.displayName) : null,
    startType: known ? startTypeOf(facts, marker) : null,
    want: wantOf(facts, phase),
    phase,
    ready: known ? facts.active === 'active' || facts.active === 'reloading' : null,
    pid: facts.mainPid,
    startedAt: facts.mainPid === null ? null : facts.startedAt,
    memory: facts.memory ?? found.memory ?? null,
    restarts: known ? facts.restarts : null,
    lastExit,
    statusText: statusText(facts, marker),
    why: whyOf(facts, phase, lastExit?.exit ?? null),
  }
}

/** How a failure came about, for people: the result, the exit, and what the exit most likely means. */
export function failureOf(facts: UnitFacts, exit: Exit | null): string {
  const parts = [RESULTS[facts.result] ?? `systemd calls it "${facts.result}"`]
  if (exit !== null) {
    const meaning = meaningOf(exit)
    parts.push(meaning === null ? describeExit(exit) : `${describeExit(exit)}: ${meaning}`)
  }
  return parts.filter((part) => part !== '').join(', ')
}

/** systemd.exec(5), $SERVICE_RESULT. */
const RESULTS: Readonly<Record<string, string>> = {
  success: '',
  'exit-code': 'its process ended',
  signal: 'its process was killed',
  'core-dump': 'its process crashed',
  timeout: 'it took longer than systemd allows',
  watchdog: 'it sent no heartbeat in time',
  protocol: 'it ended or went on without saying that it was ready',
  'start-limit-hit': 'it was started too often in too short a time',
  'oom-kill': 'it used more memory than it may',
  resources: 'systemd could not set it up; its log says what was missing',
  assert: 'it is disabled or lacks what its unit demands',
  'exec-condition': 'a condition of its unit does not hold',
}

function spokenPhase(facts: UnitFacts, marker: Marker | null): Phase | null {
  if (marker?.protocol !== 'native') return null
  return (SPOKEN.exec(facts.statusText)?.[1] ?? null) as Phase | null
}

function statusText(facts: UnitFacts, marker: Marker | null): string | null {
  const spoken = marker?.protocol === 'native' ? SPOKEN.exec(facts.statusText) : null
  return (spoken === null ? facts.statusText : spoken[2]) || null
}

/** systemd keeps no wish; only where it acts on one can it be told. */
function wantOf(facts: UnitFacts, phase: Phase): ServiceStatus['want'] {
  if (phase === 'not-installed' || phase === 'stopped' || phase === 'fatal') return null
  return facts.active === 'deactivating' ? 'down' : 'up'
}

function startTypeOf(facts: UnitFacts, marker: Marker | null): StartType {
  if (facts.load === 'masked' || marker?.startType === 'disabled') return 'disabled'
  if (!/^(enabled|enabled-runtime|linked)$/.test(facts.fileState)) return 'manual'
  return marker?.startType === 'delayed' ? 'delayed' : 'auto'
}

function whyOf(facts: UnitFacts, phase: Phase, exit: Exit | null): string | null {
  if (phase === 'fatal') return failureOf(facts, exit)
  if (phase === 'waiting') return 'its start waits for others'
  if (phase === 'backoff') {
    return `${failureOf(facts, exit)}; systemd starts it again after ${facts.restartDelay ?? 0} ms`
  }
  if (phase === 'stopped' && facts.load !== 'loaded') {
    return facts.load === 'masked' ? 'it is masked' : `its unit cannot be loaded (${facts.load})`
  }
  return null
}
