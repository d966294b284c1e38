/** One life of a guard, made up by a seed, with everything that must never happen looked for all the time. */
import assert from 'node:assert/strict'
import { isSteadError } from '../../src/errors.ts'
import type { Guard } from '../../src/guard/guard.ts'
import type { WatchReport } from '../../src/guard/watchers.ts'
import type { GuardEvent } from '../../src/model/guard-event.ts'
import type { InstanceStatus } from '../../src/model/guard-status.ts'
import type { GuardVerb } from '../../src/model/ports/guard-api.ts'
import { type SeededRandom, seededRandom } from '../fakes/seeded-random.ts'
import {
  memoryEvents,
  memoryStore,
  type SimulatedGuardParts,
  simulatedGuard,
} from './simulated-guard.ts'
import { type Behaviour, type SimulatedProcess, simulatedProcesses } from './simulated-processes.ts'
import { randomSpec } from './specs.ts'
import { type VirtualTime, virtualTime } from './virtual-time.ts'

const VERBS: readonly GuardVerb[] = [
  'start',
  'start',
  'stop',
  'restart',
  'hold',
  'once',
  'pause',
  'resume',
  'reload',
]
const OPERATOR = { uid: 0, pid: null }

export interface Played {
  readonly steps: number
  readonly starts: number
  readonly events: readonly GuardEvent[]
}

/** @throws AssertionError naming what must never happen and did */
export async function play(seed: number): Promise<Played> {
  const random = seededRandom(seed)
  const number = (): number => random.below(1e9) / 1e9
  const time = virtualTime(number)
  const log: string[] = []
  const seen = new Set<string>()
  const incarnations = new Map<string, number>()
  /** Instances whose last look has found everything that they need. */
  const found = new Set<string>()
  /** Instances that are started with a spec that needs something. */
  const needy = new Set<string>()
  let calm = false
  let current: ReturnType<typeof begin>

  const processes = simulatedProcesses(
    time.timers,
    () => (calm ? WELL_BEHAVED : randomBehaviour(random)),
    (key) => {
      const problem = problemOfStart(key)
      if (problem !== null) failures.push(`${key} ${problem}`)
    },
  )
  /** What is wrong with a start of this instance at this moment. */
  function problemOfStart(key: string): string | null {
    if (processes.living(key).length > 0) return 'is started beside a living one'
    const want = statusOf(current.guard, key)?.want.state
    // The answer counts for one start.
    if (needy.has(key) && !found.delete(key)) return 'is started without what it needs'
    return want === 'up' || want === 'once' ? null : `is started and its want is ${want}`
  }

  const store = memoryStore()
  const events = memoryEvents((event) => {
    if (event.type === 'exit') {
      const life = `${event.id} ${event.incarnation}`
      assert.ok(!seen.has(life), `the end of ${life} is told twice`)
      seen.add(life)
    }
    if (event.type === 'phase' && event.to === 'starting') {
      const before = incarnations.get(event.id) ?? 0
      assert.ok(
        event.incarnation >= before,
        `${event.id} goes back to incarnation ${event.incarnation}`,
      )
      incarnations.set(event.id, event.incarnation)
    }
  })
  let spec = randomSpec(random)

  /** A guard of its own; `die` takes everything from it at once, as SIGKILL does. */
  function begin() {
    const mortal = mortalTime(time)
    let alive = true
    // What a killed guard would still do when its promises settle happens no more.
    const own: Pick<SimulatedGuardParts, 'store' | 'events'> = {
      store: {
        ...store,
        trouble: null,
        append: (record) => (alive ? store.append(record) : undefined),
        rewrite: (records) => (alive ? store.rewrite(records) : undefined),
      },
      events: {
        ...events,
        append: (told) => (alive ? events.append(told) : { ...told, number: 0, at: '' }),
        get newest() {
          return events.newest
        },
      },
    }
    const watches: WatchReport[] = []
    const reports = new Map<string, WatchReport>()
    const spawner = processes.spawner()
    const guard = simulatedGuard({
      spec,
      time: { ...time, timers: mortal.timers },
      random: number,
      spawner,
      ...own,
      onLaunch({ id, spec: { needs } }) {
        if (needs.length > 0) needy.add(keyOf(id))
        else needy.delete(keyOf(id))
      },
      onLook({ id, spec: { needs } }, told) {
        found.delete(keyOf(id))
        mortal.timers.after(calm ? 1 : random.below(500), () => {
          const there = calm || needs.length === 0 || random.chance(0.4)
          if (there) found.add(keyOf(id))
          told(there ? [] : [{ need: 'tcp x:1', how: 'connection refused' }])
        })
      },
      onWatch(what, id, report) {
        watches.push(report)
        reports.set(keyOf(id), report)
        if (what !== 'readiness') return
        if (calm || random.chance(0.8)) {
          mortal.timers.after(calm ? 1 : random.below(800), () => report.ready(true))
        }
      },
    })
    const die = (): void => {
      alive = false
      spawner.close()
      mortal.die()
      watches.length = 0
    }
    let over = false
    void guard.ended.then(() => {
      over = true
    })
    return { guard, watches, reports, die, hasEnded: () => over }
  }

  const again = (): ReturnType<typeof begin> => {
    current.die()
    current = begin()
    current.guard.start()
    return current
  }

  const act = async (): Promise<void> => {
    if (current.hasEnded()) current = again()
    const { guard, watches, reports } = current
    const ids = guard.api.status({ names: [] }).services.map(({ id }) => id)
    const choice = random.below(100)
    const note = (text: string): void =>
      void log.push(`${Math.round(time.clock.monotonic())} ${text}`)
    if (choice < 35) {
      const milliseconds = random.pick([0, 1, 10, 100, 1_000, 10_000])
      note(`pass ${milliseconds}`)
      time.pass(milliseconds)
    } else if (choice < 45) {
      note('next')
      time.next()
    } else if (choice < 65 && ids.length > 0) {
      const verb = random.pick(VERBS)
      const names = [random.pick(ids)]
      if (random.chance(0.2)) names.push(random.pick(ids))
      const rolling = random.chance(0.2)
      note(`${verb} ${names}${rolling ? ' rolling' : ''}`)
      guard.api.act(verb, { names }, OPERATOR, { wait: random.chance(0.5), rolling }).catch(failed)
    } else if (choice < 78) {
      const living = processes.processes.filter(({ alive }) => alive)
      if (living.length === 0) return
      const victim = random.pick(living)
      note(`kill ${victim.key} ${victim.identity.pid}`)
      victim.end(
        random.pick([
          { kind: 'code', code: 7 },
          { kind: 'signal', signal: 'SIGSEGV' },
          { kind: 'code', code: 0 },
        ] as const),
      )
    } else if (choice < 80) {
      const leader = random.pick([null, ...processes.processes.filter(isLivingLeader)])
      const report = leader === null ? undefined : reports.get(leader.key)
      if (leader === null || report === undefined) return
      const child = random.chance(0.7) ? leader.fork() : random.pick(processes.processes)
      const { pid } = child.identity
      note(`${leader.key} says that ${pid} is its program`)
      report.said({ type: 'main', pid, speaker: pid })
    } else if (choice < 86 && watches.length > 0) {
      const report = random.pick(watches)
      const since = time.clock.monotonic()
      note('report')
      random.pick([
        () => report.ready(true),
        () => report.ready(false),
        () => report.health(true, '', since),
        () => report.health(false, 'sick', since),
        () => report.fault('memory', 'too much', since),
        () => report.fault('schedule', 'it is time', since),
        () => report.said({ type: 'extend', within: random.pick([0, 500, 20_000]) }),
        () => report.said({ type: 'reloading', since }),
        () => report.said({ type: 'reloaded' }),
        () => report.said({ type: 'ending' }),
      ])()
    } else if (choice < 90 && ids.length > 0) {
      const service = random.pick(ids).split('@')[0] as string
      const count = 1 + random.below(6)
      note(`scale ${service} ${count}`)
      await guard.api.scale(service, count, OPERATOR).catch(failed)
    } else if (choice < 93) {
      spec = randomSpec(random)
      note('apply')
      await guard.replace(spec).catch(failed)
    } else if (choice < 95) {
      note('jump')
      time.jump(random.pick([86_400_000, -86_400_000]))
    } else if (choice < 96) {
      note('the guard ends')
      void current.guard.api.shutdown({ keep: false }, OPERATOR)
      time.pass(random.pick([0, 10, 1_000]))
      if (random.chance(0.5)) current.guard.force()
    } else if (choice < 98) {
      note('the guard is killed')
      // Somebody may have changed the file meanwhile.
      if (random.chance(0.5)) spec = randomSpec(random)
      again()
    } else {
      note('the guard is upgraded')
      // Where it is ending already, it is killed in the middle of that.
      void current.guard.api.shutdown({ keep: true }, OPERATOR)
      for (let round = 0; round < 20; round += 1) await Promise.resolve()
      again()
    }
  }

  const failures: unknown[] = []
  function failed(error: unknown): void {
    if (!isSteadError(error, 'GUARD_ENDING')) failures.push(error)
  }
  let steps = 0
  try {
    current = begin()
    current.guard.start()
    for (const count = 20 + random.below(60); steps < count; steps += 1) {
      await act()
      for (let round = 0; round < 4; round += 1) await Promise.resolve()
      check(current.guard, processes)
      assert.deepEqual(failures, [])
    }
    calm = true
    if (current.hasEnded()) again()
    for (let round = 0; round < 60; round += 1) {
      time.pass(60_000)
      for (let tick = 0; tick < 20; tick += 1) await Promise.resolve()
    }
    assert.deepEqual(failures, [])
    checkRest(current.guard, processes)
    const ended = current.guard.ended
    void current.guard.api.shutdown({ keep: false }, OPERATOR)
    for (let round = 0; round < 200; round += 1) {
      time.pass(1_000)
      for (let tick = 0; tick < 10; tick += 1) await Promise.resolve()
    }
    const left = processes.processes.filter(({ alive }) => alive).map(({ key }) => key)
    assert.deepEqual(left, [], 'something lives on after the end of the guard')
    const outcome = await Promise.race([
      ended,
      new Promise((resolve) => setImmediate(resolve, null)),
    ])
    assert.notEqual(outcome, null, 'the shutdown does not end')
  } catch (error) {
    if (process.env.STEAD_SEED !== undefined) {
      log.push(...events.all.slice(-20).map((event) => JSON.stringify(event)))
    }
    const { message } = error as Error
    throw new Error(`seed ${seed}: ${message}\n${log.join('\n')}`, { cause: error })
  }
  return { steps, starts: processes.starts, events: events.all }
}

function keyOf(id: string): string {
  return id.includes('@') ? id : `${id}@1`
}

function isLivingLeader({ alive, isLeader }: SimulatedProcess): boolean {
  return alive && isLeader
}

function statusOf(guard: Guard, key: string): InstanceStatus | undefined {
  return guard.api
    .status({ names: [] })
    .services.find(({ service, instance }) => `${service}@${instance}` === key)
}

/** What holds at every moment. */
function check(guard: Guard, processes: ReturnType<typeof simulatedProcesses>): void {
  for (const status of guard.api.status({ names: [] }).services) {
    const { id, service, instance, phase, pid } = status
    const leaders = processes.living(`${service}@${instance}`).filter(({ isLeader }) => isLeader)
    assert.ok(leaders.length <= 1, `${id} lives ${leaders.length} times`)
    const living = phase === 'running' || phase === 'starting' || phase === 'paused'
    assert.equal(
      leaders.length === 1 && phase !== 'stopping',
      living,
      `${id} is ${phase} and has ${leaders.length} processes`,
    )
    if (living) assert.equal(pid, leaders[0]?.identity.pid, `${id} names another pid`)
  }
}

/** What holds when nothing has happened for long and every program behaves. */
function checkRest(guard: Guard, processes: ReturnType<typeof simulatedProcesses>): void {
  check(guard, processes)
  for (const { id, phase, want, why, next } of guard.api.status({ names: [] }).services) {
    assert.ok(
      !['starting', 'stopping', 'backoff'].includes(phase),
      `${id} hangs in ${phase}: ${why}`,
    )
    if (phase === 'waiting') assert.equal(next, null, `${id} waits for what is there: ${why}`)
    if (phase === 'running')
      assert.ok(want.state === 'up' || want.state === 'once', `${id} runs and is not wanted`)
    if (phase === 'stopped')
      assert.notEqual(want.state, 'up', `${id} is wanted and stopped: ${why}`)
  }
}

const WELL_BEHAVED: Behaviour = {
  spawnError: null,
  endsAfter: null,
  exit: { kind: 'code', code: 0 },
  ignoresTerm: false,
  stopsWithin: 5,
  leaves: [],
}

function randomBehaviour(random: SeededRandom): Behaviour {
  return {
    spawnError: random.chance(0.03) ? random.pick(['ENOENT', 'EAGAIN']) : null,
    endsAfter: random.chance(0.4) ? random.pick([1, 50, 500, 3_000]) : null,
    exit: random.pick([
      { kind: 'code', code: 0 },
      { kind: 'code', code: 1 },
      { kind: 'code', code: 7 },
      { kind: 'signal', signal: 'SIGSEGV' },
    ] as const),
    ignoresTerm: random.chance(0.2),
    stopsWithin: random.pick([0, 1, 10, 900, 1_000]),
    leaves: random.chance(0.15)
      ? [{ ignoresTerm: random.chance(0.5), endsAfter: random.chance(0.5) ? 200 : null }]
      : [],
  }
}

/** Timers that can be taken away all at once. */
function mortalTime(time: VirtualTime) {
  let alive = true
  return {
    timers: {
      after: (milliseconds: number, wake: () => void) =>
        time.timers.after(milliseconds, () => {
          if (alive) wake()
        }),
    },
    die() {
      alive = false
    },
  }
}
