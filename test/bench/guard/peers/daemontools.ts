import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Peer } from '../peer.ts'
import { treeOf } from '../processes.ts'
import { endOf } from '../workspace.ts'
import { installedVersion } from './debian.ts'
import { control, type Family, superviseDirectories } from './supervise-directories.ts'

const family: Family = {
  scan: (directory) => ['svscan', directory],
  logger: (main, set) => {
    const stamp = set.logs === 'stamped' ? ['t'] : []
    return ['multilog', ...stamp, `s${Math.min(set.rotate, 16_777_215)}`, 'n1000', main]
  },
  start: (directories) => ['svc', '-u', ...directories],
  stop: (directories) => ['svc', '-d', ...directories],
  async end(scanner, directories) {
    const below = treeOf([scanner.pid as number])
    // First the scanner, which would start every supervise again.
    scanner.kill('SIGTERM')
    await endOf(scanner, 'svscan')
    for (const directory of directories) {
      control(directory, 'dx')
      if (existsSync(join(directory, 'log'))) control(join(directory, 'log'), 'dx')
    }
    const deadline = performance.now() + 60_000
    while (below.some((pid) => existsSync(`/proc/${pid}`))) {
      if (performance.now() > deadline) throw new Error('supervise did not end')
      await new Promise((done) => setTimeout(done, 20))
    }
  },
}

export const daemontools: Peer = {
  name: 'daemontools',
  packages: ['daemontools'],
  oneByOne: false,
  formats: ['raw', 'stamped'],
  find: async () => installedVersion('daemontools'),
  supervise: (set, work) => superviseDirectories(family, set, work),
}
