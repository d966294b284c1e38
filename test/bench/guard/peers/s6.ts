import type { Peer } from '../peer.ts'
import { endOf } from '../workspace.ts'
import { installedVersion } from './debian.ts'
import { type Family, superviseDirectories } from './supervise-directories.ts'

const family: Family = {
  scan: (directory, count) => ['s6-svscan', '-c', String(2 * count + 10), directory],
  logger: (main, set) => {
    const stamp = set.logs === 'stamped' ? ['T'] : []
    return ['s6-log', '-b', 'n1000', `s${set.rotate}`, ...stamp, main]
  },
  start: (directories) => ['sh', '-c', each('s6-svc -u'), 'sh', ...directories],
  stop: (directories) => {
    const text = `${each('s6-svc -d')}; s6-svwait -D -t 120000 "$@"`
    return ['sh', '-c', text, 'sh', ...directories]
  },
  async end(scanner) {
    scanner.kill('SIGTERM')
    await endOf(scanner, 's6-svscan')
  },
}

function each(command: string): string {
  return `for one in "$@"; do ${command} "$one"; done`
}

export const s6: Peer = {
  name: 's6',
  packages: ['s6'],
  oneByOne: false,
  formats: ['raw', 'stamped'],
  find: async () => installedVersion('s6'),
  supervise: (set, work) => superviseDirectories(family, set, work),
}
