import type { Scope } from './service-spec.ts'

/** Where one installation of stead keeps things. */
export interface Home {
  /** The directory named by `STEAD_HOME` or `--home`; null for the platform's own directories. */
  readonly root: string | null
  /** Records of installed services, one JSON file each. */
  readonly specs: string
  /** What must survive a reboot. */
  readonly state: string
  /** Sockets and locks; may be gone after a reboot. */
  readonly run: string
  readonly logs: string
}

export interface HomeQuery {
  readonly platform: NodeJS.Platform
  readonly scope: Scope
  readonly env: Readonly<Record<string, string | undefined>>
  readonly userHome: string
  readonly root: string | null
}

/**
 * The directories of an installation. With a root everything is under it; without one they are the
 * platform's: file-hierarchy(7) and the XDG base directories on Linux, Library on macOS,
 * ProgramData and LocalAppData on Windows.
 */
export function homeOf({ platform, scope, env, userHome, root }: HomeQuery): Home {
  const sep = platform === 'win32' ? '\\' : '/'
  const at = (...parts: string[]): string => parts.join(sep)
  const under = (base: string): Omit<Home, 'root'> => ({
    specs: at(base, 'specs'),
    state: at(base, 'state'),
    run: at(base, 'run'),
    logs: at(base, 'logs'),
  })
  if (root !== null) return { root, ...under(root) }
  if (platform === 'win32') {
    const base =
      scope === 'system'
        ? (env.ProgramData ?? 'C:\\ProgramData')
        : (env.LOCALAPPDATA ?? at(userHome, 'AppData', 'Local'))
    return { root: null, ...under(at(base, 'stead')) }
  }
  if (platform === 'darwin') {
    const library = scope === 'system' ? '/Library' : at(userHome, 'Library')
    const base = at(library, 'Application Support', 'stead')
    return { root: null, ...under(base), logs: at(library, 'Logs', 'stead') }
  }
  if (scope === 'system') {
    return {
      root: null,
      specs: '/var/lib/stead/specs',
      state: '/var/lib/stead/state',
      run: '/run/stead',
      logs: '/var/log/stead',
    }
  }
  const state = at(env.XDG_STATE_HOME ?? at(userHome, '.local', 'state'), 'stead')
  // Not XDG_RUNTIME_DIR: cron, sudo and ssh leave it out, and a lock there would hold in some sessions only.
  return { root: null, ...under(state) }
}

/**
 * The directories of an installation, those inside before those that hold them: what to remove where nothing is in
 * it. A root that somebody has chosen is theirs.
 */
export function homeDirectories({ root, specs, state, run, logs }: Home): readonly string[] {
  const sep = state.includes('\\') ? '\\' : '/'
  const at = (...parts: string[]): string => parts.join(sep)
  const inside = [
    ...[logs, specs, at(state, 'parameters'), at(state, 'guards'), state],
    ...[at(run, 'guards'), run],
  ]
  return root === null ? [...inside, specs.slice(0, specs.lastIndexOf(sep))] : inside
}

/** Below a user's LocalAppData: what was installed for all users keeps there what it has of this one. */
export const LOGON_HOME = 'stead\\machine'

/**
 * Where the guard of one user keeps the things of a program that starts at the logon of every user, on
 * Windows. Not the home of the user's own, in which something else may have the same name.
 *
 * @param local the user's LocalAppData
 */
export function logonHome(local: string): Home {
  const root = `${local}\\${LOGON_HOME}`
  return homeOf({ platform: 'win32', scope: 'user', env: {}, userHome: '', root })
}

/** Where a service of the SDK that a manager starts finds its parameters, and says what it has. */
export function parameterDirectory({ state }: Pick<Home, 'state'>, service: string): string {
  const sep = state.includes('\\') ? '\\' : '/'
  return [state, 'parameters', service].join(sep)
}
