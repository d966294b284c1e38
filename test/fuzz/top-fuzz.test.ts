/** Anybody's keys and any news, by seed: the screen of `top` holds together whatever comes. */
import { expect, test } from 'vitest'
import { PROGRAM_PHASES } from '../../src/model/guard-status.ts'
import { type Key, keysIn } from '../../src/top/keys.ts'
import { paint } from '../../src/top/line.ts'
import { beginning, HISTORY, LOG_LINES, type TopState } from '../../src/top/model.ts'
import { press } from '../../src/top/press.ts'
import { rowsOf } from '../../src/top/rows.ts'
import { screenLines } from '../../src/top/screen.ts'
import { ASCII, UNICODE } from '../../src/top/sparkline.ts'
import { widthOf } from '../../src/top/text-width.ts'
import { type Told, told } from '../../src/top/told.ts'
import { seededRandom } from '../fakes/seeded-random.ts'
import { detailOf, FACTS, instance, NOW } from '../fixtures/top-state.ts'

const STEPS = 100_000
const LOOKS = 12_000
const TEXTS = [
  '',
  'plain words',
  '\u001b[2J\u0007',
  '漢字😀\u202e',
  'x'.repeat(300),
  '\ud800',
  'a\nb\tc',
]
const NAMES = ['web@1', 'web@2', 'web@3', 'db', 'api', 'a'.repeat(60), 'svc-10', 'svc-9']
const KEYS = [...'sxrRholpinaL/f<>vgcqjkyYn? +-=z漢', '\r', '\t', '\x7f', '\x15', '\x0c', '\x1a']
const SEQUENCES = [
  '\x1b[A',
  '\x1b[B',
  '\x1b[C',
  '\x1b[D',
  '\x1b[5~',
  '\x1b[6~',
  '\x1b[H',
  '\x1b[F',
  '\x1b',
]

test('100,000 keys and pieces of news leave it whole', () => {
  const { below, chance, pick } = seededRandom(20_261_121)
  const some = <T>(all: readonly T[]): readonly T[] => all.filter(() => chance(0.5))
  const status = (id: string) => {
    const phase = pick(PROGRAM_PHASES)
    const pid = ['running', 'starting', 'stopping', 'paused'].includes(phase) ? 4_000 : null
    return instance(id, {
      phase,
      pid,
      why: pick(TEXTS),
      statusText: pick([null, ...TEXTS]),
      health: pick(['unknown', 'healthy', 'unhealthy']),
      ready: chance(0.5),
      restarts: below(2_000),
      startedAt: pid === null ? null : pick([new Date(NOW - below(1e9)).toISOString(), 'nonsense']),
      next: pick([null, { at: new Date(NOW + below(1e5)).toISOString(), what: 'restart' }]),
      survivors: pick([[], [], [77]]),
    })
  }
  const news = (): Told => {
    const key = pick(['/one', '/two'])
    const id = pick(NAMES)
    const services = some(NAMES).map(status)
    switch (below(9)) {
      case 0:
        return {
          kind: 'guard',
          key,
          facts: {
            ...FACTS,
            project: pick(['shop', '漢字', '\u001b[m']),
            file: pick([null, '/x']),
          },
          services,
          groups: pick([
            [],
            [{ name: 'front', strategy: 'one_for_one', services: ['web', 'db'] }],
          ] as const),
        }
      case 1:
        return { kind: 'lost', key, reason: pick(TEXTS) }
      case 2:
        return { kind: 'status', key, asked: some(NAMES), services }
      case 3: {
        const used = services.map((one) => ({
          id: one.id,
          pid: 4_000,
          incarnation: 1 + below(2),
          memory: below(1e12),
          cpu: below(1e6),
        }))
        return { kind: 'usage', key, usage: { at: '', clock: below(1e6), services: used } }
      }
      case 4:
        return {
          kind: 'detail',
          key,
          id,
          detail: pick([null, detailOf(status(id))]),
          error: pick([null, 'x']),
        }
      case 5:
        return {
          kind: 'log',
          key,
          id,
          lines: Array(pick([0, 1, 700])).fill(pick(TEXTS)),
          fresh: chance(0.2),
        }
      case 6:
        return { kind: 'notice', text: pick(TEXTS), how: pick(['plain', 'good', 'bad']) }
      case 7:
        return { kind: 'label', text: 'a=b', ids: some(NAMES).map((name) => `${key} ${name}`) }
      default:
        return {
          kind: 'size',
          columns: below(220),
          rows: below(70),
        }
    }
  }

  let state: TopState = beginning({ columns: 80, rows: 24 })
  const screens = new Set<string>()
  for (let step = 0; step < STEPS; step += 1) {
    if (chance(0.3)) state = told(state, news(), NOW)
    else {
      const text = chance(0.3) ? pick(SEQUENCES) : pick(KEYS)
      for (const key of keysIn(text, true).keys as readonly Key[])
        state = press(state, key, NOW).state
    }
    if (step % Math.floor(STEPS / LOOKS) !== 0) continue
    const rows = rowsOf(state)
    expect(state.picked).toBe(rows[state.pickedAt]?.key ?? null)
    if (rows.length > 0) expect(state.picked).not.toBeNull()
    expect(state.detail?.lines.length ?? 0).toBeLessThanOrEqual(LOG_LINES)
    for (const { usage } of state.guards) {
      for (const one of usage.values()) expect(one.cpuHistory.length).toBeLessThanOrEqual(HISTORY)
    }
    const { columns } = state.size
    const lines = screenLines(state, NOW, pick([UNICODE, ASCII])).map((one) => {
      const text = paint(one, columns, 'none')
      if (widthOf(text) > columns) throw new Error(`step ${step}: ${columns} columns: ${text}`)
      return text
    })
    if (lines.length > state.size.rows) throw new Error(`step ${step}: ${lines.length} lines`)
    const screen = lines.join('\n')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
    if (/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/.test(screen))
      throw new Error(`step ${step}: ${screen}`)
    screens.add(screen)
  }
  // It has been to many places.
  expect(screens.size).toBeGreaterThan(LOOKS / 4)
})
