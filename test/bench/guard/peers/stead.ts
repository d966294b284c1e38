import { type ChildProcess, spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type HttpConnection, openHttp } from '../http-connection.ts'
import { indices, type Peer, type ProgramSet, type Supervisor } from '../peer.ts'
import { executableOf, treeOf } from '../processes.ts'
import { endOf, ROOT } from '../workspace.ts'
import { logsOf } from './floor.ts'

/** As it is published, not as it lies in the checkout. */
const ENTRY = join(ROOT, 'dist', 'bin', 'stead.js')

/** `stead up` with the settings that it has by itself, as far as a row does not need others. */
export const stead: Peer = {
  name: 'stead',
  packages: [],
  oneByOne: false,
  // V8 collects garbage once more when a process has had nothing to do for some seconds.
  settles: 20_000,
  formats: ['raw', 'stamped'],
  async find(work) {
    await work.run(process.execPath, [join(ROOT, 'tools', 'build', 'build.ts')])
    // A verb that it does not know gets the help of all.
    const help = spawnSync(process.execPath, [ENTRY, 'up', '--help'], { encoding: 'utf8' })
    if (help.status !== 0 || !help.stdout.startsWith('Usage: stead up')) {
      throw new Error('it has no command "up" yet')
    }
    const text = readFileSync(join(ROOT, 'package.json'), 'utf8')
    return (JSON.parse(text) as { version: string }).version
  },
  supervise(set, work): Supervisor {
    const home = join(set.directory, 'home')
    const logs = join(set.directory, 'logs')
    mkdirSync(logs)
    const file = join(set.directory, 'stead.yaml')
    writeFileSync(file, yamlOf(set, logs))
    let child: ChildProcess
    let connection: HttpConnection | null = null
    let said = ''
    const died = Promise.withResolvers<never>()
    died.promise.catch(() => {})
    const ask = async (method: string, path: string, body?: object): Promise<string> => {
      if (connection === null) throw new Error('stead is not asked before it is ready')
      return connection.ask(method, path, body === undefined ? '' : JSON.stringify(body))
    }
    const all = { names: [], wait: false }
    const command = (verb: string): [string, ...string[]] => [
      work.node,
      ...[ENTRY, verb, ...indices(set.count).map(nameOf), '--home', home],
    ]
    return {
      died: died.promise,
      async boot() {
        const args = [ENTRY, 'up', '-f', file, '--home', home]
        child = work.spawn(work.node, args, { stdio: ['ignore', 'pipe', 'pipe'] })
        for (const stream of [child.stdout, child.stderr]) {
          stream?.setEncoding('utf8').on('data', (text: string) => {
            said = (said + text).slice(-2000)
          })
        }
        child.once('close', (code) => died.reject(new Error(`stead ended with ${code}: ${said}`)))
      },
      async ready() {
        const deadline = performance.now() + 30_000
        while (connection === null) {
          const socket = socketBelow(home)
          if (socket !== null) connection = await openHttp(socket).catch(() => null)
          if (performance.now() > deadline) throw new Error(`stead did not come up: ${said}`)
          if (connection === null) await delay(10)
        }
      },
      own: () => treeOf([child.pid as number]).filter((pid) => executableOf(pid) !== set.program),
      async start(index) {
        const selection = index === undefined ? all : { names: [nameOf(index)], wait: false }
        await ask('POST', '/v1/start', selection)
      },
      stop: async () => void (await ask('POST', '/v1/stop', all)),
      commands: { start: command('start'), stop: command('stop') },
      status: {
        async one(index) {
          const answer = JSON.parse(await ask('GET', `/v1/status?name=${nameOf(index)}`))
          expectRunning(answer, 1)
        },
        async all() {
          expectRunning(JSON.parse(await ask('GET', '/v1/status')), set.count)
        },
      },
      logFiles: (index) => logsOf(logs, `${nameOf(index)}.`),
      async shutdown() {
        connection?.close()
        child.kill('SIGTERM')
        await endOf(child, 'stead')
      },
    }
  },
}

function nameOf(index: number): string {
  return `p${index}`
}

/** JSON is YAML. */
function yamlOf(set: ProgramSet, logs: string): string {
  const services = indices(set.count).map((index) => {
    const settings = {
      command: [set.program, set.fifo, String(index), ...set.words],
      ...(set.autostart ? {} : { autostart: false }),
      ...(set.manyRestarts ? { restart: { strategy: 'immediate', limit: 'none' } } : {}),
      log: {
        file: join(logs, `${nameOf(index)}.log`),
        ...(set.logs === 'usual' ? {} : { format: set.logs }),
        rotate: { size: String(set.rotate), keep: 1000 },
      },
    }
    return [nameOf(index), settings]
  })
  return JSON.stringify({ services: Object.fromEntries(services) }, null, 1)
}

function expectRunning(answer: { services?: readonly { phase?: string }[] }, count: number): void {
  const running = (answer.services ?? []).filter(({ phase }) => phase === 'running').length
  if (running !== count) {
    throw new Error(`stead: ${running} of ${count}: ${JSON.stringify(answer).slice(0, 500)}`)
  }
}

function socketBelow(directory: string): string | null {
  try {
    const entries = readdirSync(directory, { recursive: true, withFileTypes: true })
    const socket = entries.find((entry) => entry.isSocket() && !entry.name.includes('notify'))
    return socket === undefined ? null : join(socket.parentPath, socket.name)
  } catch {
    return null
  }
}
