/**
 * How fast one program's output gets to its rotated log: `node test/bench/output.ts [MB]`, beside a C
 * program that only reads the FIFO and writes and rotates the file. In turn, in one run; figures are
 * printed, not judged, but for lost bytes, which end it.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { PROGRAM_DEFAULTS } from '../../src/model/program-spec.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { linuxPipes } from '../../src/platform/output/pipes.ts'
import { programOutput } from '../../src/platform/output/program-output.ts'

const ROTATE = 10 * 1024 * 1024
const LINE = 100

/** Writes so many bytes of lines of a hundred to its output, 64 KiB at a time. */
const WRITER = `
#include <stdlib.h>
#include <unistd.h>
int main(int c, char **v) {
  long left = atol(v[1]); static char b[65600]; int n = 65600;
  for (int i = 0; i < n; i++) b[i] = i % ${LINE} == ${LINE - 1} ? '\\n' : 'x';
  while (left > 0) { ssize_t r = write(1, b, left < n ? left : n); if (r < 0) return 1; left -= r; }
  return 0;
}`

/** The floor: reads its input and writes a file, rotated by size with seven kept; no lines, no stamps. */
const FLOOR = `
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
static char b[262144], p[4096], q[4096];
int main(int c, char **v) {
  long left = atol(v[2]), size = 0; ssize_t n;
  fcntl(0, F_SETPIPE_SZ, sizeof b);
  int fd = open(v[1], O_WRONLY | O_CREAT | O_TRUNC, 0640);
  while (left > 0 && (n = read(0, b, sizeof b)) > 0) {
    if (write(fd, b, n) != n) return 1;
    left -= n; size += n;
    if (size < ${ROTATE}) continue;
    close(fd); size = 0;
    for (int k = 6; k >= 1; k--) {
      snprintf(p, sizeof p, "%s.%d", v[1], k); snprintf(q, sizeof q, "%s.%d", v[1], k + 1); rename(p, q);
    }
    snprintf(p, sizeof p, "%s.1", v[1]); rename(v[1], p);
    fd = open(v[1], O_WRONLY | O_CREAT | O_TRUNC, 0640);
  }
  return 0;
}`

export interface OutputFigure {
  readonly name: string
  /** Million bytes of the program each second, one for each round. */
  readonly rates: number[]
  /** KiB of private dirty memory that the guard gained, at the end. */
  growth: number
}

/** Measures floor, raw and stamped in turn. @throws where bytes are lost, or there is no C compiler */
export async function measureOutput(megabytes: number, rounds: number): Promise<OutputFigure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'stead-bench-output-'))
  try {
    const [writer, floor] = [
      ['writer', WRITER],
      ['floor', FLOOR],
    ].map(([name, text]) => compile(folder, name as string, text as string)) as [string, string]
    const figures: OutputFigure[] = ['C floor', 'raw', 'stamped', 'json'].map((name) => ({
      name,
      rates: [],
      growth: 0,
    }))
    const bytes = megabytes * 1_000_000
    for (let round = -1; round < rounds; round += 1) {
      for (const figure of figures) {
        // The first round warms up, and is shorter.
        const size = round < 0 ? bytes / 5 : bytes
        const rate =
          figure.name === 'C floor'
            ? await floorRate(folder, writer, floor, size)
            : await ourRate(folder, writer, size, figure, round)
        if (round >= 0) figure.rates.push(rate)
      }
    }
    return figures
  } finally {
    for (const { close } of opened.values()) await close()
    rmSync(folder, { recursive: true, force: true })
  }
}

function compile(folder: string, name: string, text: string): string {
  const file = join(folder, name)
  writeFileSync(`${file}.c`, text)
  const { status, stderr } = spawnSync('cc', ['-O2', '-o', file, `${file}.c`])
  if (status !== 0) throw new Error(`no C compiler for the floor: ${stderr}`)
  return file
}

async function floorRate(
  folder: string,
  writer: string,
  floor: string,
  bytes: number,
): Promise<number> {
  const directory = join(folder, 'floor-logs')
  mkdirSync(directory, { recursive: true })
  const fifo = join(folder, 'floor-fifo')
  linuxPipes().mkfifo(fifo, 0o600)
  const fd = openSync(fifo, 'r+')
  const begin = performance.now()
  const reader = spawn(floor, [join(directory, 'x.log'), String(bytes)], {
    stdio: [fd, 'inherit', 'inherit'],
  })
  const program = spawn(writer, [String(bytes)], { stdio: ['ignore', fd, 'inherit'] })
  await Promise.all([once(reader, 'exit'), once(program, 'exit')])
  closeSync(fd)
  return bytes / 1_000 / (performance.now() - begin)
}

interface Opened {
  readonly channel: ReturnType<ReturnType<typeof programOutput>['open']>
  readonly memory: number
  close(): Promise<void>
}

const opened = new Map<string, Opened>()

async function ourRate(
  folder: string,
  writer: string,
  bytes: number,
  figure: OutputFigure,
  round: number,
): Promise<number> {
  const format = figure.name as 'raw' | 'stamped' | 'json'
  let ours = opened.get(format)
  if (ours === undefined) {
    const place = join(folder, format)
    const output = programOutput({ run: join(place, 'run'), logs: place, clock: systemClock() })
    const rotate = { ...PROGRAM_DEFAULTS.log.rotate, size: ROTATE }
    const channel = output.open(
      { service: 'x', instance: 1 },
      { ...PROGRAM_DEFAULTS.log, format, rotate },
    )
    await channel.counts()
    ours = { channel, memory: 0, close: () => output.close() }
  } else if (ours.memory === 0) ours = { ...ours, memory: privateDirty() }
  opened.set(format, ours)
  const { channel, memory } = ours
  if (channel.stdout.kind !== 'fifo') throw new Error('no FIFO')
  const fd = openSync(channel.stdout.path, 'r+')
  const before = await channel.counts()
  const begin = performance.now()
  const program = spawn(writer, [String(bytes)], { stdio: ['ignore', fd, 'inherit'] })
  await once(program, 'exit')
  await channel.drained()
  const took = performance.now() - begin
  closeSync(fd)
  const { stored, dropped, pending } = await channel.counts()
  if (stored - before.stored !== bytes || dropped + pending > 0) {
    throw new Error(`${format}: of ${bytes} bytes ${stored - before.stored} are stored`)
  }
  if (round >= 0) figure.growth = privateDirty() - memory
  return bytes / 1_000 / took
}

/** KiB that are this process's alone. */
function privateDirty(): number {
  const text = readFileSync('/proc/self/smaps_rollup', 'utf8')
  return Number(/Private_Dirty:\s+(\d+)/.exec(text)?.[1])
}

export function outputTable(figures: readonly OutputFigure[]): string {
  const median = ({ rates }: OutputFigure): number =>
    rates.toSorted((a, b) => a - b)[Math.floor(rates.length / 2)] ?? Number.NaN
  const floor = median(figures[0] as OutputFigure)
  const rows = figures.map((figure) => {
    const rate = median(figure)
    const [worst, best] = [Math.min(...figure.rates), Math.max(...figure.rates)]
    const growth = figure.growth === 0 ? '' : (figure.growth / 1024).toFixed(1)
    const cells = [rate, worst, best].map((value) => value.toFixed(0)).join(' | ')
    return `| ${figure.name} | ${cells} | ${(rate / floor).toFixed(2)} | ${growth} |`
  })
  return [
    '| | MB/s, median | min | max | ratio to the floor | growth MiB |',
    '|---|---:|---:|---:|---:|---:|',
    ...rows,
  ].join('\n')
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  console.log(outputTable(await measureOutput(Number(process.argv[2] ?? 1_000), 3)))
}
