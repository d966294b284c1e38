import type { ChildProcess } from 'node:child_process'
import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { indices, type ProgramSet, type Supervisor } from '../peer.ts'
import { executableOf, treeOf } from '../processes.ts'
import type { Workspace } from '../workspace.ts'
import { logsOf } from './floor.ts'

/** Where daemontools and its descendants differ. */
export interface Family {
  readonly scan: (directory: string, count: number) => readonly [string, ...string[]]
  /** The command of the logger of a directory `main`. */
  readonly logger: (main: string, set: ProgramSet) => readonly string[]
  /** Files of the logger that are no log. */
  readonly config?: { readonly name: string; readonly text: (set: ProgramSet) => string }
  readonly start: (directories: readonly string[]) => readonly [string, ...string[]]
  readonly stop: (directories: readonly string[]) => readonly [string, ...string[]]
  /** Ends the scanner and everything below it. */
  readonly end: (scanner: ChildProcess, directories: readonly string[]) => Promise<void>
}

/** Writes to the FIFO that a supervise process reads its commands from. */
export function control(directory: string, letters: string): void {
  const fifo = join(directory, 'supervise', 'control')
  const fd = openSync(fifo, constants.O_WRONLY | constants.O_NONBLOCK)
  writeSync(fd, letters)
  closeSync(fd)
}

/**
 * A directory a program with a `run` script, as their users write it. Requests go straight to the
 * FIFO of each supervise process, which is all that their commands do.
 */
export function superviseDirectories(family: Family, set: ProgramSet, work: Workspace): Supervisor {
  const services = join(set.directory, 'services')
  const directories = indices(set.count).map((index) => join(services, String(index)))
  mkdirSync(services)
  directories.forEach((directory, index) => {
    // The sticky bit is how svscan knows that there is a logger.
    mkdirSync(directory, { mode: 0o1755 })
    const words = [set.program, set.fifo, String(index), ...set.words].join(' ')
    script(join(directory, 'run'), `exec ${words} 2>&1`)
    if (!set.autostart) writeFileSync(join(directory, 'down'), '')
    if (set.logs !== 'usual') writeLogger(family, directory, index, set)
  })
  let scanner: ChildProcess
  return {
    async boot() {
      const [file, ...args] = family.scan(services, set.count)
      scanner = work.spawn(file, args, { cwd: services })
    },
    async ready() {
      const deadline = performance.now() + 30_000
      while (!directories.every((one) => existsSync(join(one, 'supervise', 'status')))) {
        if (performance.now() > deadline) throw new Error('not every directory is supervised')
        await new Promise((done) => setTimeout(done, 10))
      }
    },
    own: () => treeOf([scanner.pid as number]).filter((pid) => executableOf(pid) !== set.program),
    async start(index) {
      const asked = index === undefined ? directories : [directories[index] as string]
      for (const directory of asked) control(directory, 'u')
    },
    async stop() {
      for (const directory of directories) control(directory, 'd')
    },
    commands: { start: family.start(directories), stop: family.stop(directories) },
    status: null,
    logFiles: (index) =>
      logsOf(join(set.directory, 'logs', String(index)), '').filter((path) =>
        /\/(current|@[0-9a-f]+(\.[su])?)$/.test(path),
      ),
    shutdown: () => family.end(scanner, directories),
  }
}

function writeLogger(family: Family, directory: string, index: number, set: ProgramSet): void {
  const main = join(set.directory, 'logs', String(index))
  mkdirSync(main, { recursive: true })
  mkdirSync(join(directory, 'log'))
  script(join(directory, 'log', 'run'), `exec ${family.logger(main, set).join(' ')}`)
  if (family.config !== undefined) {
    writeFileSync(join(main, family.config.name), family.config.text(set))
  }
}

function script(path: string, text: string): void {
  writeFileSync(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 })
}
