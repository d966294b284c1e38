import { createHash } from 'node:crypto'
import { copyFileSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Container } from '../systemd/container.ts'

/** What a test of packages asks a container for. */
export interface Inside {
  /** Its output without the blank at the end; throws where it fails. */
  run(...command: string[]): string
  /** Whether it ends with 0. */
  does(...command: string[]): boolean
  /** The page at a path of the service, by curl. */
  page(port: number, path: string): string
  /** Puts a file in, and tells its path there. */
  put(file: string): string
  property(unit: string, name: string): string
  /** Every path of the machine with its kind, mode and owner, and the texts of its accounts. */
  everything(): ReadonlySet<string>
  /** What came and what went since then. */
  changedSince(before: ReadonlySet<string>): string[]
}

/** What packages write to; the rest of the machine shows through, and others may work there. */
const TREES = ['/etc', '/usr', '/var', '/lib']

/** What a package manager, systemctl (empty directories of wants) or the time changes. */
const BY_ITSELF = [
  /^\/(var\/tmp|var\/log|var\/cache|var\/lib\/(dpkg|rpm|systemd|private)|opt\/stead)(\/|$)/,
  /^\/etc\/(passwd|group|shadow|gshadow|subuid|subgid)-$/,
  /^\/etc\/\.pwd\.lock$/,
  /^\/etc\/systemd\/system\/[^/]*\.wants$/,
]

export function insideOf(container: Container): Inside {
  const run = (...command: string[]): string => container.run(command).trimEnd()
  const everything = (): ReadonlySet<string> => {
    // Others work on the machine that shows through, and what goes while it is looked at is no failure.
    const words = ['-xdev', '-ignore_readdir_race', '-printf', '%p\t%y %m %U:%G %l\n']
    const paths = run('find', ...TREES, ...words)
      .split('\n')
      .filter((line) => !BY_ITSELF.some((known) => known.test(line.split('\t')[0] as string)))
    const accounts = ['passwd', 'group', 'shadow'].map((name) => {
      const bytes = readFileSync(join(container.root, 'etc', name))
      return `${name} ${createHash('sha256').update(bytes).digest('hex')}`
    })
    return new Set([...paths, ...accounts])
  }
  return {
    run,
    does(...command) {
      try {
        run(...command)
        return true
      } catch {
        return false
      }
    },
    page: (port, path) => run('curl', '-sS', '--max-time', '10', `http://127.0.0.1:${port}${path}`),
    put(file) {
      const path = join('/var/tmp', basename(file))
      copyFileSync(file, join(container.root, path))
      return path
    },
    property: (unit, name) => run('systemctl', 'show', '--value', '-p', name, unit),
    everything,
    changedSince(before) {
      const after = everything()
      return [
        ...[...after].filter((line) => !before.has(line)).map((line) => `+ ${line}`),
        ...[...before].filter((line) => !after.has(line)).map((line) => `- ${line}`),
      ]
    },
  }
}
