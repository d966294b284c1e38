import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bootContainer, type Container } from '../../../e2e/systemd/container.ts'
import { type BusConnection, openBus } from '../bus-connection.ts'
import { indices, type Peer, type Supervisor } from '../peer.ts'
import { allPids, treeOf } from '../processes.ts'
import { ROOT } from '../workspace.ts'
import { installedVersion } from './debian.ts'

const HOME = '/opt/bench'
const MANAGER = '/org/freedesktop/systemd1'
const TARGET = 'bench.target'
const UNIT = (index: number | string): string => `bench@${index}.service`

let container: Container | null = null
let sets = 0

function booted(): Container {
  if (container === null) throw new Error('there is no container')
  return container
}

/** The systemd of this machine, in a container, tuned to restart at once; asked over the system bus. */
export const systemd: Peer = {
  name: 'systemd',
  packages: ['systemd', 'systemd-container', 'dbus'],
  oneByOne: false,
  formats: [],
  note: 'in a container, RestartSec=0, no start limit',
  async find(work) {
    if (process.getuid?.() !== 0) throw new Error('a container takes root')
    container = await bootContainer(ROOT)
    mkdirSync(join(container.root, HOME), { recursive: true })
    copyFileSync(work.program, join(container.root, HOME, 'bench-program'))
    return installedVersion('systemd')
  },
  place() {
    sets += 1
    const { root } = booted()
    const directory = join(root, HOME, `set-${sets}`)
    mkdirSync(directory)
    return {
      directory,
      inside: (path) => (path.startsWith(root) ? path.slice(root.length) : `${HOME}/bench-program`),
    }
  },
  async supervise(set): Promise<Supervisor> {
    const { root, pid } = booted()
    const units = join(root, 'etc/systemd/system')
    writeFileSync(
      join(units, UNIT('')),
      `[Unit]\nPartOf=${TARGET}\nStartLimitIntervalSec=0\n[Service]\nType=exec\n` +
        `ExecStart=${[set.program, set.fifo, '%i', ...set.words].join(' ')}\n` +
        'Restart=always\nRestartSec=0\n',
    )
    const wants = indices(set.autostart ? set.count : 0).map((index) => `Wants=${UNIT(index)}\n`)
    writeFileSync(join(units, TARGET), `[Unit]\n${wants.join('')}`)
    const bus = await openBus(`/proc/${pid}/root/run/dbus/system_bus_socket`)
    const manager = (member: string, ...words: string[]): Promise<Buffer> =>
      bus.call(MANAGER, { interface: 'org.freedesktop.systemd1.Manager', member }, ...words)
    await manager('Reload')
    const hostPids = new Map<number, number>()
    return {
      boots: false,
      boot: async () => void (await manager('StartUnit', TARGET, 'replace')),
      async ready() {
        for (const one of allPids()) {
          const inner = innerPid(one)
          if (inner !== null) hostPids.set(inner, one)
        }
      },
      own: () => treeOf([pid]).filter((one) => one === pid || isJournal(one)),
      async start(index) {
        await manager('StartUnit', index === undefined ? TARGET : UNIT(index), 'replace')
      },
      stop: async () => void (await manager('StopUnit', TARGET, 'replace')),
      commands: { start: systemctl('start'), stop: systemctl('stop') },
      status: statusOver(bus, set.count),
      logFiles: () => [],
      async shutdown() {
        await manager('StopUnit', TARGET, 'replace')
        bus.close()
        booted().run(['systemctl', 'stop', TARGET, UNIT('*')])
        rmSync(set.directory, { recursive: true })
      },
      hostPid(inner) {
        const known = hostPids.get(inner)
        if (known !== undefined && innerPid(known) === inner) return known
        const found = treeOf([pid]).find((one) => innerPid(one) === inner)
        if (found === undefined) throw new Error(`the container has no process ${inner}`)
        hostPids.set(inner, found)
        return found
      },
    }

    function systemctl(verb: string): [string, ...string[]] {
      return [
        'nsenter',
        '-t',
        String(pid),
        '-a',
        'systemctl',
        verb,
        ...indices(set.count).map(UNIT),
      ]
    }
  },
  async close() {
    await container?.close()
    container = null
  },
}

function statusOver(bus: BusConnection, count: number): Supervisor['status'] {
  return {
    async one(index) {
      const path = `${MANAGER}/unit/bench_40${index}_2eservice`
      const method = { interface: 'org.freedesktop.DBus.Properties', member: 'Get' }
      const state = await bus.call(path, method, 'org.freedesktop.systemd1.Unit', 'ActiveState')
      if (!state.includes('active')) throw new Error(`systemd: ${state.toString('latin1')}`)
    },
    async all() {
      const method = {
        interface: 'org.freedesktop.systemd1.Manager',
        member: 'ListUnitsByPatterns',
      }
      const list = (await bus.call(MANAGER, method, ['active'], ['bench@*'])).toString('latin1')
      const found = list.split('\0running\0').length - 1
      if (found !== count) throw new Error(`systemd: ${found} of ${count} are running`)
    },
  }
}

/** The pid that a process of a container has there: the last of NSpid in proc(5). */
function innerPid(pid: number): number | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1')
    if (!status.startsWith('Name:\tbench-program\n')) return null
    const words = /^NSpid:\t(.*)$/m.exec(status)?.[1]?.split('\t') ?? []
    return words.length > 1 ? Number(words.at(-1)) : null
  } catch {
    return null
  }
}

function isJournal(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'latin1') === 'systemd-journal\n'
  } catch {
    return false
  }
}
