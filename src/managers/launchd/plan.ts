import type { Home } from '../../model/home.ts'
import type { Plan } from '../../model/plan.ts'
import type { Scope, ServiceSpec } from '../../model/service-spec.ts'
import { logPath, type Paths, plistPath } from './paths.ts'
import { renderJob } from './render-plist.ts'
import { throttleSeconds } from './throttle.ts'
import { unsupportedSettings } from './unsupported.ts'

export const PLUTIL = '/usr/bin/plutil'

/** launchd refuses a plist that its group or others may write. A user's own is nobody else's to read. */
const MODE: Readonly<Record<Scope, number>> = { system: 0o644, user: 0o600 }

/** What an installation does. Nothing is loaded: that is what `start`, a boot or a login do. */
export function planFor(spec: ServiceSpec, scope: Scope, home: Home, paths: Paths): Plan {
  const unsupported = unsupportedSettings(spec, scope)
  const path = plistPath(paths, spec.name, spec.startType)
  const text = unsupported.length > 0 ? '' : renderJob(spec, home, paths)
  return {
    manager: 'launchd',
    scope,
    spec,
    files: unsupported.length > 0 ? [] : [{ path, mode: MODE[scope], text }],
    steps: [
      {
        kind: 'command',
        file: PLUTIL,
        args: ['-lint', '-s', path],
        purpose: 'let the parser of macOS check the plist',
      },
    ],
    unsupported,
    notes: notesOf(spec, scope, paths),
  }
}

function notesOf(spec: ServiceSpec, scope: Scope, paths: Paths): string[] {
  const notes: string[] = []
  const { name, restart, startType } = spec
  if (startType === 'auto') {
    notes.push(`launchd starts it at ${scope === 'system' ? 'boot' : 'login'}, and stead start now`)
  } else {
    notes.push('its plist lies with stead, not with launchd, so that nothing but stead starts it')
  }
  if (restart.when !== 'no') {
    const throttle = throttleSeconds(restart)
    notes.push(
      `launchd restarts it at once when it has lived ${throttle} s, else ${throttle} s after its last start; it never gives up`,
    )
  }
  if (spec.stopTimeout % 1_000 !== 0) notes.push('launchd counts the stop timeout in whole seconds')
  if (spec.displayName !== null || spec.description !== null) {
    notes.push('launchd has no place for a display name or a description; stead keeps them')
  }
  if (scope === 'system' && Object.keys(spec.env).length > 0) {
    notes.push('everybody on this machine can read the environment in the plist: no secrets there')
  }
  notes.push(`its output goes to ${logPath(paths, name)}; launchd does not rotate it`)
  return notes
}
