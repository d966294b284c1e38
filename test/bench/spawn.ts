import { execFileSync } from 'node:child_process'
import { mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Spawner } from '../../src/model/ports/spawner.ts'
import { childProcessSpawner } from '../../src/platform/posix/spawn/child-process-spawner.ts'
import { posixSpawner } from '../../src/platform/posix/spawn/posix-spawner.ts'

/**
 * Milliseconds from the death of a program to main() of the next, by spawner.
 * `node test/bench/spawn.ts [COUNT] [MEBIBYTES]`: with the memory that this process has besides.
 */
const count = Number(process.argv[2] ?? 500)
const ballast = Buffer.alloc(Number(process.argv[3] ?? 0) * 2 ** 20, 1)
const LIFE_MS = 3

const place = mkdtempSync(join(tmpdir(), 'stead-bench-spawn-'))
const victim = join(place, 'victim')
execFileSync('cc', ['-O1', '-o', victim, new URL('spawn-victim.c', import.meta.url).pathname])
execFileSync('mkfifo', [join(place, 'say'), join(place, 'go')])
const say = openSync(join(place, 'say'), 'r+')
const go = openSync(join(place, 'go'), 'r+')
const word = Buffer.alloc(8)

/** CLOCK_MONOTONIC of what the victim says next. */
function said(): number {
  readSync(say, word)
  return Number(word.readBigInt64LE(0)) / 1e6
}

function measure(spawner: Spawner): Promise<number[]> {
  const times: number[] = []
  const held = setInterval(() => {}, 1000)
  const none = { kind: 'null' } as const
  const stdio = [none, none, none, { kind: 'fd', fd: say }, { kind: 'fd', fd: go }] as const
  const settings = { user: null, group: null, supplementaryGroups: null, umask: null, nice: null }
  return new Promise((resolve, reject) => {
    let died: number | null = null
    const start = (): void => {
      const env = { PATH: '/usr/bin:/bin', STEAD_INCARNATION: String(times.length) }
      const request = { file: victim, args: ['victim'], cwd: '/', env, stdio, ...settings }
      const { failure } = spawner.spawn({ ...request, rlimits: {} }, next)
      if (failure !== null) {
        reject(new Error(`${failure.what}: ${failure.errno}`))
        return
      }
      const began = said()
      if (died !== null) times.push(began - died)
      setTimeout(() => {
        writeSync(go, 'x')
        died = said()
      }, LIFE_MS)
    }
    const next = (): void => {
      if (times.length < count) {
        start()
        return
      }
      clearInterval(held)
      resolve(times.sort((one, other) => one - other))
    }
    start()
  })
}

const rows: Record<string, Record<string, string>> = {}
for (const make of [posixSpawner, childProcessSpawner]) {
  const spawner = make()
  const times = await measure(spawner)
  spawner.close()
  const at = (share: number): string => (times[Math.floor(share * (count - 1))] ?? 0).toFixed(2)
  rows[make.name] = { p50: at(0.5), p90: at(0.9), p99: at(0.99) }
}
console.table(rows)
console.log(`${count} restarts each, ${ballast.length / 2 ** 20} MiB of ballast`)
rmSync(place, { recursive: true })
