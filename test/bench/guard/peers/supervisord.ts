import type { ChildProcess } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type HttpConnection, openHttp } from '../http-connection.ts'
import type { Peer, Supervisor } from '../peer.ts'
import { endOf } from '../workspace.ts'
import { installedVersion } from './debian.ts'
import { logsOf } from './floor.ts'

/** supervisord with its XML-RPC on a unix socket. */
export const supervisord: Peer = {
  name: 'supervisord',
  packages: ['supervisor'],
  oneByOne: true,
  formats: ['raw'],
  find: async () => installedVersion('supervisor'),
  supervise(set, work): Supervisor {
    const path = (name: string): string => join(set.directory, name)
    const socket = path('s')
    const logs = path('logs')
    mkdirSync(logs)
    // One group for all, as a user writes it who wants many: groups are stopped one after the other.
    const programs = [
      '[program:p]',
      `numprocs=${set.count}`,
      'process_name=%(process_num)d',
      `command=${[set.program, set.fifo, '%(process_num)d', ...set.words].join(' ')}`,
      `autostart=${set.autostart}`,
      'autorestart=true',
      // Without it a start counts after a second only, and its commands wait for that.
      'startsecs=0',
      'redirect_stderr=true',
      `stdout_logfile=${logs}/%(process_num)d.log`,
      `stdout_logfile_maxbytes=${set.rotate}`,
      'stdout_logfile_backups=1000',
    ].join('\n')
    const config = [
      `[unix_http_server]\nfile=${socket}`,
      `[supervisord]\nnodaemon=true\nlogfile=${path('log')}\npidfile=${path('pid')}\nminfds=16384`,
      '[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface',
      `[supervisorctl]\nserverurl=unix://${socket}`,
      programs,
    ]
    writeFileSync(path('conf'), `${config.join('\n\n')}\n`)
    let child: ChildProcess
    let connection: HttpConnection | null = null
    const call = async (method: string, ...params: string[]): Promise<string> => {
      const body = `<?xml version="1.0"?><methodCall><methodName>supervisor.${method}</methodName><params>${params.map((value) => `<param><value>${value}</value></param>`).join('')}</params></methodCall>`
      if (connection === null) throw new Error('supervisord is not asked before it is ready')
      const answer = await connection.ask('POST', '/RPC2', body, 'text/xml')
      if (answer.includes('<fault>')) throw new Error(`supervisord ${method}: ${answer}`)
      return answer
    }
    const ctl = ['supervisorctl', '-c', path('conf')] as const
    return {
      async boot() {
        child = work.spawn('supervisord', ['-c', path('conf')])
      },
      async ready() {
        const deadline = performance.now() + 30_000
        while (connection === null) {
          connection = await openHttp(socket).catch(() => null)
          if (performance.now() > deadline) throw new Error('supervisord did not come up')
          if (connection === null) await new Promise((done) => setTimeout(done, 20))
        }
      },
      own: () => [child.pid as number],
      async start(index) {
        const no = '<boolean>0</boolean>'
        if (index === undefined) await call('startAllProcesses', no)
        else await call('startProcess', `<string>p:${index}</string>`, no)
      },
      async stop() {
        await call('stopAllProcesses', '<boolean>0</boolean>')
      },
      commands: { start: [...ctl, 'start', 'all'], stop: [...ctl, 'stop', 'all'] },
      status: {
        async one(index) {
          const answer = await call('getProcessInfo', `<string>p:${index}</string>`)
          if (!answer.includes('RUNNING')) throw new Error(`supervisord: ${answer}`)
        },
        async all() {
          const running = (await call('getAllProcessInfo')).split('>RUNNING<').length - 1
          if (running !== set.count) throw new Error(`supervisord: ${running} are running`)
        },
      },
      logFiles: (index) => logsOf(logs, `${index}.log`),
      async shutdown() {
        connection?.close()
        child.kill('SIGTERM')
        await endOf(child, 'supervisord')
      },
    }
  },
}
