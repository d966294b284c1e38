import { randomUUID } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import type { Home } from '../../model/home.ts'
import type { Processes } from '../../model/ports/machine.ts'

/** A guard that runs, as it wrote itself down for others. */
export interface RegisteredGuard {
  readonly project: string
  readonly pid: number
  /** The mark of the process with that pid: another that gets the number has another. */
  readonly birth: string
  readonly socket: string
  /** The stead.yaml it was started with; null for none. */
  readonly file: string | null
  readonly version: string
  /** ISO 8601. */
  readonly since: string
}

const SUFFIX = '.json'

/** On Windows a service may write in no directory but its own. */
const IS_WINDOWS = process.platform === 'win32'

/** The file in which a guard is written down. */
export function registryFile(home: Pick<Home, 'run'>, project: string): string {
  const name = encodeURIComponent(project)
  return IS_WINDOWS
    ? join(directoryOf(home), name, `guard${SUFFIX}`)
    : join(directoryOf(home), `${name}${SUFFIX}`)
}

/**
 * Writes a guard down in `RUN/guards/PROJECT.json`, on Windows in `RUN/guards/PROJECT/guard.json`, in
 * one step; what stood there is replaced. The file says where a guard is and holds nothing: who may be the guard of a project is a lock's matter.
 *
 * @returns what removes it at the guard's end, unless another guard stands there by then
 */
export function registerGuard(home: Pick<Home, 'run'>, guard: RegisteredGuard): () => void {
  const path = registryFile(home, guard.project)
  const temporary = `${path}.${randomUUID()}.tmp`
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  try {
    writeFileSync(temporary, `${JSON.stringify(guard)}\n`, { mode: 0o600, flag: 'wx' })
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
  return () => removeOf(path, guard)
}

/**
 * The guards that run, by project. Files of guards that have died and left no socket are removed on
 * the way; files that are none of ours are left alone.
 */
export async function guards(
  home: Pick<Home, 'run'>,
  processes: Pick<Processes, 'birth'>,
): Promise<readonly RegisteredGuard[]> {
  const directory = directoryOf(home)
  const found: RegisteredGuard[] = []
  for (const name of namesIn(directory)) {
    if (!IS_WINDOWS && !name.endsWith(SUFFIX)) continue
    const path = IS_WINDOWS ? join(directory, name, `guard${SUFFIX}`) : join(directory, name)
    const guard = read(path)
    if (guard === null) continue
    if ((await processes.birth(guard.pid)) === guard.birth) found.push(guard)
    // In another PID namespace its number is another: it is none of ours to remove while it has a socket.
    else if (!existsSync(guard.socket)) removeOf(path, guard)
  }
  return found
}

function directoryOf({ run }: Pick<Home, 'run'>): string {
  return join(run, 'guards')
}

/** Removes the file where it is still that guard's. */
function removeOf(path: string, { pid, birth }: RegisteredGuard): void {
  const present = read(path)
  if (present?.pid !== pid || present.birth !== birth) return
  try {
    unlinkSync(path)
  } catch {
    // Somebody else was faster, or it is another user's: it stays stale, and is ignored.
  }
}

function read(path: string): RegisteredGuard | null {
  try {
    const guard = JSON.parse(readFileSync(path, 'utf8')) as Partial<RegisteredGuard> | null
    const whole =
      typeof guard?.project === 'string' &&
      typeof guard.pid === 'number' &&
      typeof guard.birth === 'string' &&
      typeof guard.socket === 'string'
    return whole ? (guard as RegisteredGuard) : null
  } catch {
    return null
  }
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory).sort()
  } catch {
    return []
  }
}
