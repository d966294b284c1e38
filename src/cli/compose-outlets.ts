/** Those who are told of events: webhooks and programs, as the configuration has them at present. */
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { EventListener, EventWebhook, OutletFact } from '../model/event-outlet.ts'
import type { GuardHappening } from '../model/guard-event.ts'
import type { GuardPlaces } from '../model/guard-places.ts'
import type { GuardSpec } from '../model/program-spec.ts'
import type { EventTeller, RunningOutlet } from '../platform/sinks/event-outlet.ts'
import type { KeptEvents } from '../sinks/event-source.ts'

/** In which a guard that ends tells what is left; the rest is told by the next one. */
const END_WITHIN = 2_000

export interface OutletsParts {
  readonly places: GuardPlaces
  readonly project: string
  readonly events: KeptEvents
  readonly tell: (happening: GuardHappening) => void
  /** What programs of the guard inherit. */
  readonly environment: Readonly<Record<string, string>>
}

export interface Outlets {
  /** Others are told from now on; those that are as they were go on. */
  apply(spec: Pick<GuardSpec, 'events'>): void
  /** There is an event. */
  happened(): void
  facts(): readonly OutletFact[]
  close(): Promise<void>
}

type Settings =
  | { readonly kind: 'webhook'; readonly of: EventWebhook }
  | { readonly kind: 'listener'; readonly of: EventListener }

interface Running {
  readonly settings: Settings
  readonly outlet: RunningOutlet
}

export function composeOutlets({
  places,
  project,
  events,
  tell,
  environment,
}: OutletsParts): Outlets {
  const directory = join(places.state, 'outlets')
  const running = new Map<string, Running>()
  /** One change after the other: modules are loaded when the first outlet asks for them. */
  let turn: Promise<void> = Promise.resolve()
  let scheduled = false
  let closed = false

  async function become(wanted: ReadonlyMap<string, Settings>, from: number): Promise<void> {
    for (const [file, { settings, outlet }] of [...running]) {
      const next = wanted.get(file)
      if (next !== undefined && isDeepStrictEqual(next, settings)) continue
      running.delete(file)
      await outlet.close({ within: 0, forget: next === undefined })
    }
    for (const [file, settings] of wanted) {
      if (closed || running.has(file)) continue
      try {
        running.set(file, { settings, outlet: await begin(file, settings, from) })
      } catch (error) {
        const text = `cannot tell ${file}: ${(error as Error).message}`
        tell({ type: 'guard', text, severity: 4 })
      }
    }
    forgetOthers(wanted)
  }

  async function begin(file: string, settings: Settings, from: number): Promise<RunningOutlet> {
    const [{ runOutlet }, { numberFile }, teller] = await Promise.all([
      import('../platform/sinks/event-outlet.ts'),
      import('../platform/sinks/number-file.ts'),
      tellerFor(settings),
    ])
    return runOutlet({
      outlet: `${settings.kind} ${settings.of.name}`,
      filter: settings.of,
      events,
      teller,
      number: numberFile(join(directory, file)),
      from,
      turned: ({ outlet, state, lost, trouble }) =>
        tell({
          type: 'sink',
          sink: outlet,
          state: state === 'down' ? 'down' : 'up',
          lost,
          trouble,
        }),
    })
  }

  async function tellerFor({ kind, of }: Settings): Promise<EventTeller> {
    if (kind === 'webhook') {
      const { eventWebhook } = await import('../platform/sinks/event-webhook.ts')
      return eventWebhook(of, project, process.env)
    }
    const [{ eventListener }, { rotatingFile }, idsOf] = await Promise.all([
      import('../platform/sinks/event-listener.ts'),
      import('../platform/rotating-file.ts'),
      import('./compose-system.ts').then(({ composeIds }) => composeIds()),
    ])
    return eventListener(of, {
      environment: { ...environment, STEAD_SOCKET: places.socket, STEAD_PROJECT: project },
      idsOf,
      log: rotatingFile(join(places.logs, `listener-${of.name}.log`)),
    })
  }

  /** Places of those that an earlier configuration had. */
  function forgetOthers(wanted: ReadonlyMap<string, Settings>): void {
    if (!existsSync(directory)) return
    for (const file of readdirSync(directory)) {
      if (!wanted.has(file)) rmSync(join(directory, file), { force: true })
    }
  }

  return {
    apply({ events: spec }) {
      const wanted = new Map<string, Settings>()
      for (const of of spec?.webhooks ?? [])
        wanted.set(`webhook-${of.name}`, { kind: 'webhook', of })
      for (const of of spec?.listeners ?? [])
        wanted.set(`listener-${of.name}`, { kind: 'listener', of })
      if (wanted.size === 0 && running.size === 0 && !existsSync(directory)) return
      // What happens while modules are loaded is told too.
      const from = events.newest + 1
      turn = turn.then(() => become(wanted, from))
    },
    happened() {
      if (scheduled || running.size === 0) return
      scheduled = true
      // Behind the write of what happens in this turn of the loop.
      setImmediate(() => {
        scheduled = false
        for (const { outlet } of running.values()) outlet.kick()
      })
    },
    facts: () => [...running.values()].map(({ outlet }) => outlet.facts()),
    async close() {
      closed = true
      await turn
      const all = [...running.values()]
      running.clear()
      await Promise.all(
        all.map(({ outlet }) => outlet.close({ within: END_WITHIN, forget: false })),
      )
    },
  }
}
