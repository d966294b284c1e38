/**
 * A service on the bare host, without the SDK: it does what the host asks, slowly where told to, and
 * keeps a diary in the file named by `--diary`.
 *
 * What takes its time, a start, a stop, a pause and a resume, lasts while the file named by `--hold` is there, so
 * that a test has seen it before it is over. `--busy` blocks the main thread at load as long; `--block-on CODE`
 * does so on that custom code; `--fail N` ends by itself with code N once it runs.
 */
import { appendFileSync, existsSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { connectScmHost } from '../../../../src/cli/compose-scm.ts'
import type { ControlType } from '../../../../src/model/ports/host.ts'

const LOOK_EVERY = 20

const { values } = parseArgs({
  options: {
    diary: { type: 'string' },
    hold: { type: 'string', default: '' },
    busy: { type: 'boolean', default: false },
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

/** Lets no other code of this thread run meanwhile. */
function block(): void {
  const pause = new Int32Array(new SharedArrayBuffer(4))
  while (existsSync(values.hold)) Atomics.wait(pause, 0, 0, LOOK_EVERY)
}

async function held(): Promise<void> {
  while (existsSync(values.hold)) await delay(LOOK_EVERY)
}

note('loaded', {
  argv: process.argv.slice(2),
  execArgv: process.execArgv,
  env: process.env,
  cwd: process.cwd(),
})
console.log('printed at load')
console.error('and to standard error')
if (values.busy) block()
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
  if (control.type === 'custom' && control.code === Number(values['block-on'])) block()
})
host.accept(new Set(['stop']))
host.report('starting', 600_000)
await held()
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
  await held()
  host?.report(to)
}

async function stop(): Promise<void> {
  if (stopping) return
  stopping = true
  host?.report('stopping', 60_000)
  await held()
  note('stopped')
  process.exit(host?.finish({ kind: 'code', code: 0 }, null))
}
