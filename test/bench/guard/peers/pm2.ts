import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { indices, type Peer, type Supervisor } from '../peer.ts'
import { executableOf } from '../processes.ts'
import type { Workspace } from '../workspace.ts'
import { logsOf } from './floor.ts'

/** The part of pm2's programmatic interface that is used. */
interface Pm2 {
  connect(done: Done): void
  disconnect(): void
  start(apps: unknown, done: Done): void
  restart(name: string, done: Done): void
  stop(name: string, done: Done): void
  describe(name: string, done: Done<readonly { readonly pid?: number }[]>): void
  list(done: Done<readonly { readonly pid?: number }[]>): void
}
type Done<T = unknown> = (error: Error | null, value: T) => void

let installed = ''

/** pm2 as npm has it now, in a directory of the benchmark, with a home of its own. */
export const pm2: Peer = {
  name: 'pm2',
  packages: [],
  oneByOne: true,
  endsSlowly: true,
  // V8 collects garbage once more when a process has had nothing to do for some seconds.
  settles: 20_000,
  formats: ['raw', 'stamped'],
  note: 'rotates nothing without a module of its own',
  async find(work) {
    const directory = work.fresh('pm2')
    await work.run('npm', [
      'install',
      '--no-audit',
      '--no-fund',
      '--prefix',
      directory,
      'pm2@latest',
    ])
    installed = join(directory, 'node_modules', 'pm2')
    const text = readFileSync(join(installed, 'package.json'), 'utf8')
    return (JSON.parse(text) as { version: string }).version
  },
  supervise(set, work): Supervisor {
    const home = join(set.directory, 'home')
    const logs = join(set.directory, 'logs')
    mkdirSync(home)
    mkdirSync(logs)
    const app = (index: number): Record<string, unknown> => ({
      name: `p${index}`,
      script: set.program,
      args: [set.fifo, String(index), ...set.words],
      cwd: set.directory,
      interpreter: 'none',
      exec_mode: 'fork',
      autorestart: true,
      max_restarts: 1_000_000,
      out_file: join(logs, `${index}.log`),
      error_file: join(logs, `${index}.log`),
      ...(set.logs === 'stamped' ? { log_date_format: 'YYYY-MM-DDTHH:mm:ss.SSS' } : {}),
    })
    const file = join(set.directory, 'ecosystem.json')
    writeFileSync(file, JSON.stringify({ apps: indices(set.count).map(app) }))
    const words = [join(installed, 'bin', 'pm2')]
    const command = async (...more: string[]): Promise<void> => {
      await withHome(work, home).run(work.node, [...words, ...more])
    }
    let api: Pm2 | null = null
    const known = new Set(set.autostart ? indices(set.count) : [])
    const call = <T>(body: (pm2: Pm2, done: Done<T>) => void): Promise<T> =>
      new Promise((resolve, reject) => {
        if (api === null) throw new Error('pm2 is not asked before it is ready')
        body(api, (error, value) => (error === null ? resolve(value) : reject(error)))
      })
    const env = ['env', `PM2_HOME=${home}`, work.node, ...words] as const
    return {
      boot: () => command(...(set.autostart ? ['start', file] : ['ping'])),
      async ready() {
        api = connect(home)
        await call((one, done) => one.connect(done))
      },
      own: () => [Number(readFileSync(join(home, 'pm2.pid'), 'latin1'))],
      async start(index) {
        if (index === undefined) await call((one, done) => one.restart('all', done))
        else if (known.has(index)) await call((one, done) => one.restart(`p${index}`, done))
        else await call((one, done) => one.start(app(index), done))
      },
      stop: async () => void (await call((one, done) => one.stop('all', done))),
      commands: { start: [...env, 'restart', 'all'], stop: [...env, 'stop', 'all'] },
      status: {
        async one(index) {
          const found = await call<readonly { pid?: number }[]>((one, done) =>
            one.describe(`p${index}`, done),
          )
          if (found.length !== 1 || !found[0]?.pid) throw new Error(`pm2 knows no p${index}`)
        },
        async all() {
          const found = await call<readonly { pid?: number }[]>((one, done) => one.list(done))
          if (found.filter(({ pid }) => pid).length !== set.count) {
            throw new Error(`pm2 knows ${found.length} programs`)
          }
        },
      },
      logFiles: (index) => logsOf(logs, `${index}.log`),
      async shutdown() {
        const daemon = Number(readFileSync(join(home, 'pm2.pid'), 'latin1'))
        api?.disconnect()
        await command('kill')
        const deadline = performance.now() + 20_000
        while (executableOf(daemon) !== '') {
          if (performance.now() > deadline) throw new Error('pm2 did not end')
          await delay(10)
        }
      },
    }
  },
}

function withHome(work: Workspace, home: string): Workspace {
  // Its home is where each of its commands looks for the daemon.
  return {
    ...work,
    run: (file, args) => work.run('env', [`PM2_HOME=${home}`, file, ...args]),
  }
}

/** A client of the daemon of `home`, in this process. */
function connect(home: string): Pm2 {
  process.env.PM2_HOME = home
  process.env.PM2_PROGRAMMATIC = 'true'
  process.env.PM2_SILENT = 'true'
  const require = createRequire(join(installed, 'package.json'))
  // The home is read when the module is loaded, and each run has another.
  for (const path of Object.keys(require.cache)) {
    if (path.startsWith(installed)) delete require.cache[path]
  }
  return require(installed) as Pm2
}
