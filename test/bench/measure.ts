import { spawnSync } from 'node:child_process'

/** A command as a whole process, by name. */
export interface Contestant {
  readonly name: string
  readonly file: string
  readonly args: readonly string[]
  /** Exit codes that are an honest answer; anything else ends the benchmark. Default 0 alone. */
  readonly codes?: readonly number[]
}

export interface Figure {
  readonly name: string
  /** Wall time in milliseconds. */
  readonly median: number
  readonly min: number
  readonly max: number
}

/**
 * Times commands in turn, A B C A B C …, so that a machine whose speed drifts treats all alike.
 * One round that is not counted comes first.
 */
export function measureInTurn(contestants: readonly Contestant[], rounds: number): Figure[] {
  const samples = contestants.map(() => [] as number[])
  for (let round = -1; round < rounds; round += 1) {
    contestants.forEach((contestant, index) => {
      const time = timeOnce(contestant)
      if (round >= 0) samples[index]?.push(time)
    })
  }
  return contestants.map(({ name }, index) => figureOf(name, samples[index] ?? []))
}

function timeOnce({ name, file, args, codes = [0] }: Contestant): number {
  const begin = performance.now()
  const { status, error, stderr } = spawnSync(file, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const time = performance.now() - begin
  if (error !== undefined) throw new Error(`${name}: ${error.message}`)
  if (status === null || !codes.includes(status)) {
    throw new Error(`${name} ended with ${status}: ${stderr.toString().slice(0, 500)}`)
  }
  return time
}

export function figureOf(name: string, samples: readonly number[]): Figure {
  const sorted = [...samples].sort((a, b) => a - b)
  const at = (share: number): number =>
    sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN
  return { name, median: at(0.5), min: at(0), max: at(1) }
}

/** A table of figures with their ratio to `base`, for a terminal and for docs alike. */
export function tableOf(title: string, figures: readonly Figure[], base: string): string {
  const reference = figures.find((figure) => figure.name === base)
  const rows = figures.map((figure) => {
    const ratio = reference === undefined ? '' : (figure.median / reference.median).toFixed(2)
    const [median, min, max] = [figure.median, figure.min, figure.max].map((ms) => ms.toFixed(1))
    return `| ${figure.name} | ${median} | ${min} | ${max} | ${ratio} |`
  })
  return [
    `### ${title}`,
    '',
    `| | median ms | min | max | ratio to ${base} |`,
    '|---|---:|---:|---:|---:|',
    ...rows,
    '',
  ].join('\n')
}
