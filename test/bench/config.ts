/**
 * `npm run bench:config`: from the moment at which a stead.yaml is saved to the moment at which the guard
 * tells that the change of one of its services holds, without the debounce, in which it waits for more.
 * The published build, services that are not started. `-- ROUNDS DEBOUNCE`, 30 and 250 ms unless given.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Client, connect } from '../../src/client.ts'

const [rounds = 30, debounce = 250] = process.argv.slice(2).map(Number)
const root = resolve(fileURLToPath(import.meta.url), '../../..')
const stead = [join(root, 'dist', 'bin', 'stead.js')]
/** A change that the guard takes in place: no process has to be stopped for it. */
const SETTING = 'description'

interface Case {
  readonly name: string
  readonly services: number
  readonly ending: 'yaml' | 'json'
  /** What differs in a round. */
  readonly change: 'one' | 'all'
}

const CASES: readonly Case[] = [
  { name: '1 service', services: 1, ending: 'yaml', change: 'one' },
  { name: '100 services, one changed', services: 100, ending: 'yaml', change: 'one' },
  { name: '1,000 services, one changed', services: 1_000, ending: 'yaml', change: 'one' },
  { name: '1,000 services, all changed', services: 1_000, ending: 'yaml', change: 'all' },
  { name: '1,000 services in JSON, one changed', services: 1_000, ending: 'json', change: 'one' },
]

build()
console.log(`${cpus()[0]?.model ?? 'some processor'}, ${cpus().length} cores, ${process.version}`)
console.log(`${rounds} rounds, debounce ${debounce} ms\n`)
console.log('| saved to applied, beyond the debounce | p50 ms | p99 ms | min | max |')
console.log('|---|---:|---:|---:|---:|')
for (const one of CASES) {
  const samples = (await measure(one)).sort((a, b) => a - b)
  const at = (share: number): string =>
    (samples[Math.ceil(samples.length * share) - 1] ?? Number.NaN).toFixed(0)
  console.log(
    `| ${one.name} | ${at(0.5)} | ${at(0.99)} | ${at(0)} | ${at(1)} |`.replace(
      'NaN',
      (samples[0] ?? 0).toFixed(0),
    ),
  )
}

function build(): void {
  const { status } = spawnSync(process.execPath, ['tools/build/build.ts'], { cwd: root })
  if (status !== 0) throw new Error('the package cannot be built')
}

async function measure(of: Case): Promise<number[]> {
  const directory = mkdtempSync(join(tmpdir(), 'stead-bench-'))
  const file = join(directory, `stead.${of.ending}`)
  const home = join(directory, 'h')
  save(file, textOf(of, 0))
  const guard = spawn(process.execPath, [...stead, 'up', '-f', file, '--home', home], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  try {
    const client = await answering(file, home, guard)
    const samples: number[] = []
    // The first is not counted: what is loaded at its first use is so by then.
    for (let round = 0; round <= rounds; round += 1) {
      const time = await once(client, () => save(file, textOf(of, round + 1)))
      if (round > 0) samples.push(time - debounce)
    }
    client.close()
    return samples
  } finally {
    const ended = new Promise((done) => guard.once('exit', done))
    guard.kill('SIGTERM')
    await ended
    rmSync(directory, { recursive: true, force: true })
  }
}

/** From the end of the saving to the news that the last service of the change has it. */
async function once(client: Client, change: () => void): Promise<number> {
  const end = new AbortController()
  const { events } = await client.snapshot(end.signal)
  change()
  const saved = performance.now()
  try {
    for await (const event of events)
      if (!('gap' in event) && event.type === 'changed' && event.id === 'service-0')
        return performance.now() - saved
    throw new Error('the guard has ended')
  } finally {
    end.abort()
  }
}

async function answering(file: string, home: string, guard: ChildProcess): Promise<Client> {
  for (;;) {
    if (guard.exitCode !== null) throw new Error('the guard did not start')
    try {
      return await connect({ file, home })
    } catch {
      await new Promise((done) => setTimeout(done, 50))
    }
  }
}

function save(file: string, text: string): void {
  writeFileSync(`${file}.new`, text)
  renameSync(`${file}.new`, file)
}

/** The service that is looked for is the last: whatever goes through them all has gone through them then. */
function textOf({ services, ending, change }: Case, round: number): string {
  const all = Array.from({ length: services }, (_, index) => {
    const number = services - 1 - index
    const differs = change === 'all' || number === 0
    return [`service-${number}`, settings(number, differs ? round : 0)] as const
  })
  const configuration = { watch: true, debounce: `${debounce}ms` }
  if (ending === 'json') return JSON.stringify({ configuration, services: Object.fromEntries(all) })
  const rows = all.map(([name, one]) => `  ${name}:\n${yaml(one, 4)}`)
  return `configuration:\n${yaml(configuration, 2)}services:\n${rows.join('')}`
}

function settings(number: number, round: number) {
  return {
    [SETTING]: `round ${round}`,
    command: ['sleep', String(600 + number)],
    autostart: false,
    env: { PORT: String(9_000 + number), MODE: 'production' },
    restart: { delay: '1s' },
    limits: { memory: '256M' },
  }
}

function yaml(value: object, indent: number): string {
  const blanks = ' '.repeat(indent)
  return Object.entries(value)
    .map(([name, one]) =>
      typeof one === 'object' && !Array.isArray(one)
        ? `${blanks}${name}:\n${yaml(one, indent + 2)}`
        : `${blanks}${name}: ${JSON.stringify(one)}\n`,
    )
    .join('')
}
