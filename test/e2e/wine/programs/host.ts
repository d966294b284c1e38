/**
 * A service on the bare host, without the SDK: it does what the host asks, slowly where told to, and
 * keeps a diary in the file named by `--diary`.
 *
 * `--busy-ms N` blocks the main thread at load; `--start-ms N` and `--stop-ms N` take that long;
 * `--block-on CODE` blocks the main thread for four seconds on that custom code; `--fail N` ends by itself
 * with code N once it runs.
 */
import { appendFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { connectScmHost } from '../../../../src/cli/compose-scm.ts'
import type { ControlType } from '../../../../src/model/ports/host.ts'

const { values } = parseArgs({
  options: {
    diary: { type: 'string' },
    'busy-ms': { type: 'string', default: '0' },
    'start-ms': { type: 'string', default: '0' },
    'stop-ms': { type: 'string', default: '0' },
    'block-on': { type: 'string', default: '0' },
    fail: { type: 'string' },
  },
  allowPositionals: true,
})

function note(event: string, more: object = {}): void {
  if (values.diary !== undefined) {
    appendFileSync(values.diary, `${JSON.stringify({ event, ...more })}\n`)
  }
}

function block(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
}

note('loaded', {
  argv: process.argv.slice(2),
  execArgv: process.execArgv,
  env: process.env,
  cwd: process.cwd(),
})
console.log('printed at load')
console.error('and to standard error')
block(Number(values['busy-ms']))
const host = await connectScmHost()
if (host === null) process.exit(9)
note('contact', { args: host.startArguments })

const ALL: ReadonlySet<ControlType> = host.delivers
let stopping = false
host.listen((control) => {
  note('control', { control })
  if (control.type === 'stop') void stop()
  if (control.type === 'pause') void pass('pausing', 'paused')
  if (control.type === 'resume') void pass('resuming', 'running')
  if (control.type === 'custom' && control.code === Number(values['block-on'])) block(4_000)
})
host.accept(new Set(['stop']))
host.report('starting', 600_000)
await delay(Number(values['start-ms']))
if (!stopping) {
  host.accept(ALL)
  host.report('running')
  note('running')
  if (values.fail !== undefined) {
    process.exit(host.finish({ kind: 'code', code: Number(values.fail) }, 'as it was told to'))
  }
}

async function pass(through: 'pausing' | 'resuming', to: 'paused' | 'running'): Promise<void> {
  host?.report(through, 60_000)
  await delay(1_200)
  host?.report(to)
}

async function stop(): Promise<void> {
  if (stopping) return
  stopping = true
  host?.report('stopping', 60_000)
  await delay(Number(values['stop-ms']))
  note('stopped')
  process.exit(host?.finish({ kind: 'code', code: 0 }, null))
}
