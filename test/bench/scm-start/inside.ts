/**
 * What runs in the Windows of the benchmark, with the Windows Node: `install FOLDER NSSM` installs both
 * services, `time ROUNDS` prints their times as JSON, `hold` starts both and leaves them running.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { formatScmRecord, SCM_RECORD_KEY, SCM_RECORD_VALUE } from '../../../src/model/scm-record.ts'
import { SERVICE_WIN32_OWN_PROCESS } from '../../../src/model/scm-values.ts'
import { serviceControl } from '../../../src/platform/win32/service-control.ts'

export interface Times {
  readonly name: string
  /** Milliseconds from StartService to RUNNING, one a round. */
  readonly running: number[]
  /** Milliseconds from StartService until the program listens. */
  readonly ready: number[]
}

const NAMES = ['bench-native', 'bench-nssm'] as const
const STOP = 1
const PATIENCE = 30_000
const scm = serviceControl()
const [verb, ...rest] = process.argv.slice(2)

if (verb === 'install') await install(rest[0] as string)
else if (verb === 'time')
  writeFileSync(rest[0] as string, JSON.stringify(await time(Number(rest[1]))))
else await hold()

async function install(nssm: string): Promise<void> {
  const program = fileURLToPath(new URL('service.mjs', import.meta.url))
  const preload = new URL('../../../dist/cli/scm-start.js', import.meta.url).href
  const words = [
    process.execPath,
    '--disable-sigusr1',
    '--import',
    preload,
    program,
    'native',
    readyFile(NAMES[0]),
  ]
  await scm.create(NAMES[0], {
    type: SERVICE_WIN32_OWN_PROCESS,
    startType: 'demand',
    errorControl: 1,
    commandLine: words.map((word) => `"${word}"`).join(' '),
    dependencies: [],
    group: null,
    account: 'LocalSystem',
    displayName: NAMES[0],
  })
  const data = formatScmRecord({
    version: 1,
    home: tmpdir(),
    protocol: 'native',
    cwd: null,
    env: { STEAD_SERVICE: NAMES[0] },
    envFile: null,
    configFile: null,
    logFile: join(tmpdir(), 'bench-native.log'),
    startTimeout: PATIENCE,
    stopTimeout: PATIENCE,
    watchdog: null,
  })
  await scm.writeValue(NAMES[0], SCM_RECORD_KEY, SCM_RECORD_VALUE, { type: 'REG_SZ', data })
  execFileSync(nssm, ['install', NAMES[1], process.execPath, program, 'plain', readyFile(NAMES[1])])
}

/** In turn, so that a machine whose speed drifts treats both alike; the first round is not counted. */
async function time(rounds: number): Promise<Times[]> {
  const times: Times[] = NAMES.map((name) => ({ name, running: [], ready: [] }))
  for (let round = -1; round < rounds; round += 1) {
    for (const { name, running, ready } of times) {
      const figures = await start(name)
      if (round >= 0) {
        running.push(figures.running)
        ready.push(figures.ready)
      }
      await scm.control(name, STOP)
      await wait(`${name} stops`, async () => (await scm.status(name)).state === 'stopped')
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

async function hold(): Promise<void> {
  for (const name of NAMES) await start(name)
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
