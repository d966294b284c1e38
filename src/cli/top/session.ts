/** `top` while it runs: joins the pure model and screen of src/top with guards, keys and a terminal. */
import type { GuardClient } from '../../control/client.ts'
import { processScreen } from '../../platform/screen.ts'
import { difference } from '../../top/difference.ts'
import { keysIn } from '../../top/keys.ts'
import { type Ink, paint } from '../../top/line.ts'
import { type Ask, beginning, showsUsage, type TopState } from '../../top/model.ts'
import { press } from '../../top/press.ts'
import { screenLines } from '../../top/screen.ts'
import type { Glyphs } from '../../top/sparkline.ts'
import { type Told, told } from '../../top/told.ts'
import { askedOf } from './do-asked.ts'
import { followGuard } from './follow-guard.ts'
import { detailWatch } from './watch-detail.ts'

export interface TopOptions {
  /** By the socket of the guard. */
  readonly clients: ReadonlyMap<string, GuardClient>
  /** Milliseconds between two looks at what programs use. */
  readonly interval: number
  readonly glyphs: Glyphs
  readonly ink: Ink
}

/** The screen is drawn at most this often, in milliseconds. */
const FRAME = 30
/** Ages go on where nothing else happens, in milliseconds. */
const TICK = 1_000
/** What follows an escape comes within that time, also over a slow line; else it was the key. */
const SEQUENCE = 50
const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const

/** Shows the guards until somebody quits; resolves with the exit code. */
export async function runTop({ clients, interval, glyphs, ink }: TopOptions): Promise<number> {
  const ended = Promise.withResolvers<number>()
  const end = new AbortController()
  let shown: readonly string[] | null = null
  let drawing: NodeJS.Timeout | undefined
  let rest = ''
  let flushing: NodeJS.Timeout | undefined

  const screen = processScreen({
    typed,
    changed() {
      shown = null
      tell({ kind: 'size', ...screen.size() })
    },
    gone: (signal) => ended.resolve(signal === null ? 0 : EXIT_CODES[signal]),
  })
  let state: TopState = beginning(screen.size())
  const detail = detailWatch(clients, tell)
  const ask = askedOf(clients, tell)

  function tell(what: Told): void {
    become(told(state, what, Date.now()))
  }

  function become(next: TopState): void {
    state = next
    detail.follow(state)
    drawing ??= setTimeout(draw, FRAME)
  }

  function draw(): void {
    clearTimeout(drawing)
    drawing = undefined
    if (end.signal.aborted) return
    const lines = screenLines(state, Date.now(), glyphs)
    const next = lines.map((one) => paint(one, state.size.columns, ink))
    const text = difference(shown, next)
    if (text !== '') screen.write(text)
    shown = next
  }

  function typed(text: string): void {
    clearTimeout(flushing)
    take(rest + text, false)
    // Half a sequence: the other half comes at once, or never.
    if (rest !== '') flushing = setTimeout(() => take(rest, true), SEQUENCE)
  }

  function take(text: string, last: boolean): void {
    const found = keysIn(text, last)
    rest = found.rest
    for (const key of found.keys) {
      const { state: next, asks } = press(state, key, Date.now())
      become(next)
      for (const one of asks) perform(one)
    }
  }

  function perform(one: Ask): void {
    if (one.kind === 'quit') ended.resolve(0)
    else if (one.kind === 'suspend') screen.suspend()
    else if (one.kind !== 'redraw') ask(one)
    else {
      shown = null
      draw()
    }
  }

  /** Nobody measures what nobody sees; a guard that is slow to answer is not asked twice. */
  const busy = new Set<string>()
  function look(): void {
    if (!showsUsage(state)) return
    if (state.detail !== null) detail.refresh()
    for (const { key, lost } of state.guards) {
      const client = clients.get(key)
      if (client === undefined || lost !== null || busy.has(key)) continue
      busy.add(key)
      client
        .usage()
        .then((usage) => tell({ kind: 'usage', key, usage }))
        // A guard that is gone is told of by its events; an older one does not measure.
        .catch(() => {})
        .finally(() => busy.delete(key))
    }
  }

  screen.enter()
  const looking = setInterval(look, interval)
  const ticking = setInterval(() => become(state), TICK)
  let first = true
  const following = [...clients].map(([key, client]) =>
    followGuard(
      key,
      client,
      end.signal,
      (what) => {
        tell(what)
        // The first look comes with the first screen, not an interval later.
        if (what.kind === 'guard') {
          if (first) look()
          first = false
        }
        // What is new may have the label that is asked for.
        if (what.kind === 'guard' && state.label !== null) {
          ask({ kind: 'label', text: state.label.text })
        }
      },
      (ids) => {
        if (ids.has(state.detail?.id ?? '')) detail.refresh()
      },
    ),
  )
  try {
    return await ended.promise
  } finally {
    end.abort()
    for (const timer of [looking, ticking, drawing, flushing]) clearTimeout(timer)
    detail.stop()
    screen.leave()
    await Promise.allSettled(following)
  }
}
