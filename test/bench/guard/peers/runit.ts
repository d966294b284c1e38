import type { Peer } from '../peer.ts'
import { endOf } from '../workspace.ts'
import { installedVersion } from './debian.ts'
import { type Family, superviseDirectories } from './supervise-directories.ts'

const family: Family = {
  scan: (directory) => ['runsvdir', directory],
  logger: (main, set) => ['svlogd', ...(set.logs === 'stamped' ? ['-tt'] : []), main],
  config: { name: 'config', text: (set) => `s${set.rotate}\nn1000\n` },
  start: (directories) => ['sv', '-w', '120', 'start', ...directories],
  stop: (directories) => ['sv', '-w', '120', 'stop', ...directories],
  async end(scanner) {
    // runsvdir(8): a HUP passes TERM on to each runsv, which ends its program.
    scanner.kill('SIGHUP')
    await endOf(scanner, 'runsvdir')
  },
}

export const runit: Peer = {
  name: 'runit',
  packages: ['runit'],
  oneByOne: false,
  formats: ['raw', 'stamped'],
  find: async () => installedVersion('runit'),
  supervise: (set, work) => superviseDirectories(family, set, work),
}
