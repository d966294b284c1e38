/** A real rsyslogd with a configuration and a directory of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { until } from '../../contract/until.ts'
import { wholeLines } from '../../contract/whole-lines.ts'
import { freePort } from './free-port.ts'

/** A message as rsyslogd understood it. */
export interface Logged {
  readonly pri: string
  readonly time: string
  readonly host: string
  readonly app: string
  readonly proc: string
  readonly data: string
  readonly msg: string
  /** How it came: imudp, imptcp, imuxsock. */
  readonly input: string
}

export interface Rsyslogd {
  readonly udp: number
  readonly tcp: number
  readonly unix: string
  logged(): readonly Logged[]
  stop(): Promise<void>
  start(): Promise<void>
}

export async function rsyslogd(): Promise<Rsyslogd> {
  const directory = mkdtempSync(join(tmpdir(), 'rs-'))
  const [udp, tcp] = [await freePort(), await freePort()]
  const unix = join(directory, 'log')
  const file = join(directory, 'messages')
  const property = (name: string, from: string): string =>
    `property(outname="${name}" name="${from}" format="jsonf")`
  const fields = [
    property('pri', 'pri'),
    property('time', 'timereported" dateFormat="rfc3339'),
    property('host', 'hostname'),
    property('app', 'app-name'),
    property('proc', 'procid'),
    property('data', 'structured-data'),
    property('msg', 'msg'),
    property('input', 'inputname'),
  ]
  writeFileSync(
    join(directory, 'conf'),
    `global(workDirectory="${directory}")
module(load="imudp")
module(load="imptcp")
module(load="imuxsock" SysSock.Use="off")
template(name="all" type="list") {
  constant(value="{") ${fields.join(' constant(value=",") ')} constant(value="}\\n")
}
ruleset(name="keep") { action(type="omfile" file="${file}" template="all" asyncWriting="off") }
input(type="imudp" address="127.0.0.1" port="${udp}" ruleset="keep")
input(type="imptcp" address="127.0.0.1" port="${tcp}" ruleset="keep")
input(type="imuxsock" Socket="${unix}" UseSpecialParser="off" ParseHostname="on" RateLimit.Interval="0" ruleset="keep")
`,
  )
  let running: ChildProcess | null = null

  const server: Rsyslogd = {
    udp,
    tcp,
    unix,
    logged() {
      return wholeLines(file).map((line) => JSON.parse(line) as Logged)
    },
    async start() {
      const options = ['-n', '-f', join(directory, 'conf'), '-i', join(directory, 'pid')]
      const child = spawn('/usr/sbin/rsyslogd', options, { stdio: ['ignore', 'pipe', 'pipe'] })
      running = child
      let said = ''
      child.stderr.on('data', (text: Buffer) => {
        said += String(text)
      })
      await until('rsyslogd has its sockets', () => {
        if (child.exitCode !== null || child.signalCode !== null)
          throw new Error(`rsyslogd ended: ${said}`)
        return existsSync(unix) && isOpen(tcp)
      })
    },
    async stop() {
      const child = running
      running = null
      if (child === null || child.exitCode !== null || child.signalCode !== null) return
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await ended
    },
  }
  onTestFinished(async () => {
    running?.kill('SIGKILL')
    await server.stop()
    rmSync(directory, { recursive: true, force: true })
  })
  await server.start()
  return server
}

/** Whether something listens on a TCP port of 127.0.0.1: /proc/net/tcp (proc(5)), state 0A. */
function isOpen(port: number): boolean {
  const local = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .some((line) => line.includes(` ${local} `) && / 0A /.test(line))
}
