/**
 * What runs in the Windows of the benchmark, with the Windows Node: `install NSSM` installs the services,
 * `time FILE ROUNDS` writes their times as JSON, `hold` starts them and leaves them running.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { serviceControl } from '../../../src/platform/win32/service-control.ts'

/** Milliseconds, one a round; none of what a contestant does not do. */
export interface Times {
  readonly name: string
  /** From StartService to RUNNING. */
  readonly running: number[]
  /** From StartService until the program listens. */
  readonly ready: number[]
  /** From the control STOP to STOPPED. */
  readonly stopped: number[]
  /** From the end of the program until the next one listens. */
  readonly restarted: number[]
}

const NATIVE = 'bench-native'
const GUARDED = 'bench-guarded'
const NSSM = 'bench-nssm'
const NAMES = [NATIVE, GUARDED, NSSM] as const
const STOP = 1
const PATIENCE = 60_000
const PROGRAM = fileURLToPath(new URL('service.mjs', import.meta.url))
const PACKAGE = new URL('../../../dist/', import.meta.url)
const HOME = join(tmpdir(), 'bench-home')
const scm = serviceControl()
const [verb, ...rest] = process.argv.slice(2)

if (verb === 'install') install(rest[0] as string)
else if (verb === 'time')
  writeFileSync(rest[0] as string, JSON.stringify(await time(Number(rest[1]))))
else for (const name of NAMES) await start(name)

/** As a user does it. What Wine lacks (failure actions) is not asked for. */
function install(nssm: string): void {
  const stead = fileURLToPath(new URL('bin/stead.js', PACKAGE))
  const preload = new URL('cli/scm-start.js', PACKAGE).href
  const plain = (name: string): string[] => [process.execPath, PROGRAM, 'plain', readyFile(name)]
  const with_ = ['--home', HOME, '--user', 'LocalSystem', '--allow-writable']
  const native = [process.execPath, '--disable-sigusr1', '--import', preload, PROGRAM, 'native']
  const words = ['install', NATIVE, ...with_, '--native', '--restart', 'no', '--', ...native]
  execFileSync(process.execPath, [stead, ...words, readyFile(NATIVE)])
  // nssm restarts at once what has run for its throttle time.
  const atOnce = ['--restart-delay', '1ms', '--restart-limit', 'none']
  const guarded = ['install', GUARDED, ...with_, ...atOnce, '--', ...plain(GUARDED)]
  execFileSync(process.execPath, [stead, ...guarded])
  execFileSync(nssm, ['install', NSSM, ...plain(NSSM)])
}

/** In turn, so that a machine whose speed drifts treats all alike; the first round is not counted. */
async function time(rounds: number): Promise<Times[]> {
  const times: Times[] = NAMES.map((name) => ({
    ...{ name, running: [], ready: [], stopped: [], restarted: [] },
  }))
  for (let round = -1; round < rounds; round += 1) {
    for (const { name, running, ready, stopped, restarted } of times) {
      const begun = await start(name)
      const ended = await stop(name)
      const again = name === NATIVE ? null : await backAfterCrash(name)
      if (round < 0) continue
      running.push(begun.running)
      ready.push(begun.ready)
      stopped.push(ended)
      if (again !== null) restarted.push(again)
    }
  }
  return times
}

async function start(name: string): Promise<{ running: number; ready: number }> {
  rmSync(readyFile(name), { force: true })
  const begin = performance.now()
  let running: number | null = null
  let ready: number | null = null
  await scm.start(name, [])
  await wait(`${name} runs`, async () => {
    if (running === null && (await scm.status(name)).state === 'running')
      running = performance.now()
    if (ready === null && existsSync(readyFile(name))) ready = performance.now()
    return running !== null && ready !== null
  })
  return { running: Number(running) - begin, ready: Number(ready) - begin }
}

/** A life of its own: nssm may miss a stop that comes right after its restart. */
async function backAfterCrash(name: string): Promise<number> {
  await start(name)
  const time = await crash(name)
  await wait(`${name} has settled`, async () => (await scm.status(name)).state === 'running')
  await stop(name)
  return time
}

/** Ends the program as a crash would: whoever keeps it was not asked. */
async function crash(name: string): Promise<number> {
  const pid = Number(readFileSync(readyFile(name), 'utf8'))
  rmSync(readyFile(name))
  const begin = performance.now()
  // TerminateProcess (libuv's uv_kill).
  process.kill(pid, 'SIGKILL')
  await wait(`${name} is back`, async () => existsSync(readyFile(name)))
  return performance.now() - begin
}

async function stop(name: string): Promise<number> {
  const begin = performance.now()
  await scm.control(name, STOP)
  await wait(`${name} stops`, async () => (await scm.status(name)).state === 'stopped')
  return performance.now() - begin
}

function readyFile(name: string): string {
  return join(tmpdir(), `${name}.ready`)
}

async function wait(what: string, probe: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + PATIENCE
  while (!(await probe())) {
    if (performance.now() > end) throw new Error(`not within ${PATIENCE} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
}
