import { beforeEach, describe, expect, test } from 'vitest'
import { fakeProbes, settled } from '../../test/fakes/probes.ts'
import { virtualTime } from '../../test/simulation/virtual-time.ts'
import type { ProgramNotices } from '../model/ports/program-notices.ts'
import { completeProgram, type ProgramSpec } from '../model/program-spec.ts'
import { type ProgramWatchersParts, programWatchers } from './program-watchers.ts'
import { limitWatch } from './watch-limits.ts'
import type { Watchers, WatchReport } from './watchers.ts'

let time: ReturnType<typeof virtualTime>
let probes: ReturnType<typeof fakeProbes>
let parts: ProgramWatchersParts
let watchers: Watchers
let told: unknown[][]
let report: WatchReport
let say: (text: string, descriptors?: readonly number[]) => void
let lineBreak: () => void
let done: string[]
let forwarded: unknown[][]

beforeEach(() => {
  time = virtualTime(() => 0)
  probes = fakeProbes()
  told = []
  done = []
  forwarded = []
  const note =
    (what: string) =>
    (...args: unknown[]): void =>
      void told.push([what, ...args])
  report = {
    ready: note('ready'),
    health: note('health'),
    fault: note('fault'),
    status: note('status'),
    probed() {},
    said: note('said'),
  }
  const notices: ProgramNotices = {
    socket(id, user, receive) {
      done.push(`socket ${id} ${user}`)
      say = (text, descriptors = []) =>
        receive({ text, sender: { pid: 1, uid: 0 }, uptime: 5_000_000, descriptors })
      return {
        address: `/run/${id}`,
        catchUp: () => done.push('catch up'),
        discard: () => done.push('discard'),
        close: () => done.push(`close ${id}`),
      }
    },
    pipe(id, incarnation, line) {
      done.push(`pipe ${id} ${incarnation}`)
      lineBreak = line
      return {
        descriptor: { kind: 'fifo', path: `/run/${id}.${incarnation}` },
        close: () => done.push(`close ${id} ${incarnation}`),
      }
    },
    watchHangUp: () => () => {},
    close: async () => {},
  }
  const usage = { sample: async () => new Map([[7, { memory: 2_000, cpu: 0 }]]) }
  parts = {
    ...time,
    probes,
    notices,
    limits: limitWatch({ ...time, usage }),
    store: {
      keep: (...args) => done.push(`keep ${JSON.stringify(args)}`),
      giveUp: (...args) => done.push(`give up ${args.join(' ')}`),
      of: () => [{ name: 'left', fd: 9 }],
    },
    environmentOf: () => ({}),
    forward: (...args) => forwarded.push(args),
  }
  watchers = programWatchers(parts)
})

function target(settings: Partial<ProgramSpec>, incarnation = 1) {
  const spec = completeProgram({ name: 'api', command: ['api'], cwd: '/', ...settings })
  const means = watchers.prepare('api', spec, incarnation)
  const identity = { pid: 7, birth: '1', boot: 'b' }
  return { id: 'api', service: 'api', incarnation, spec, identity, channel: null, means }
}

describe('what a program is given', () => {
  test('nothing, where nothing is expected of it', () => {
    expect(target({}).means).toEqual({ env: {}, descriptors: new Map() })
    expect(done).toEqual([])
  })

  test('a socket for its notices, the same for all its lives', () => {
    const ready = { kind: 'notify' } as const
    expect(target({ ready }).means.env).toEqual({ NOTIFY_SOCKET: '/run/api' })
    expect(target({ ready }, 2).means.env).toEqual({ NOTIFY_SOCKET: '/run/api' })
    expect(done).toEqual(['socket api null', 'discard', 'discard'])
    target({ ready, user: 'www' }, 3)
    expect(done.slice(3)).toEqual(['close api', 'socket api www', 'discard'])
    watchers.forget('api')
    expect(done.at(-1)).toBe('close api')
  })

  test('the time within which its heartbeats have to come', () => {
    const heartbeat = { every: 5_000, misses: 3, forward: null }
    expect(target({ heartbeat }).means.env.WATCHDOG_USEC).toBe('15000000')
  })

  test('no socket where the system has none: its heartbeats come by the control API', () => {
    watchers = programWatchers({ ...parts, notices: null })
    const heartbeat = { every: 5_000, misses: 3, forward: null }
    const made = target({ heartbeat })
    expect(made.means).toEqual({ env: {}, descriptors: new Map() })
    expect(watchers.hears(made.spec)).toBe(false)
  })

  test('what it left for its next life, at most so much, until nothing starts it again', () => {
    const { means } = target({ fdStoreMax: 4 })
    expect(means.env).toEqual({ NOTIFY_SOCKET: '/run/api', FDSTORE: '4' })
    expect(means.stored).toEqual([{ name: 'left', fd: 9 }])
    done = []
    // Nobody watches its readiness or its life just now.
    say('FDSTORE=1\nFDNAME=state', [5, 6])
    say('FDSTORE=1\nFDPOLL=0', [7])
    say('READY=1', [8])
    say('FDSTOREREMOVE=1\nFDNAME=state')
    watchers.rest('api')
    expect(done).toEqual([
      'keep ["api",[5,6],{"name":"state","most":4,"polls":true}]',
      'keep ["api",[7],{"name":"stored","most":4,"polls":false}]',
      'keep ["api",[8],{"name":"stored","most":0,"polls":true}]',
      'give up api state',
      'give up api',
    ])
  })

  test('its ready descriptor, one for each life', () => {
    const ready = { kind: 'descriptor', fd: 3 } as const
    const { descriptors } = target({ ready }).means
    expect(descriptors).toEqual(new Map([[3, { kind: 'fifo', path: '/run/api.1' }]]))
    target({ ready }, 1)
    target({ ready }, 2)
    expect(done).toEqual(['pipe api 1', 'close api 1', 'pipe api 2'])
  })
})

describe('the readiness of a program', () => {
  test('by notice', () => {
    const watch = watchers.readiness(target({ ready: { kind: 'notify' } }), report)
    say('STATUS=warming up')
    say('READY=1')
    expect(told).toEqual([
      ['status', 'warming up'],
      ['said', { type: 'reloaded' }],
      ['ready', true],
    ])
    watch.stop()
  })

  test('and what else sd_notify has words for', () => {
    const watch = watchers.end(target({ ready: { kind: 'notify' } }), report)
    time.pass(4_000)
    say('MAINPID=42\nEXTEND_TIMEOUT_USEC=2500000')
    say('RELOADING=1\nMONOTONIC_USEC=3000000')
    say('RELOADING=1')
    say('STOPPING=1')
    expect(told.map(([, word]) => word)).toEqual([
      { type: 'main', pid: 42, speaker: 1 },
      { type: 'extend', within: 2_500 },
      { type: 'reloading', since: 2_000 },
      { type: 'reloading', since: 4_000 },
      { type: 'ending' },
    ])
    watch.catchUp()
    expect(done.at(-1)).toBe('catch up')
    watch.stop()
    done = []
    watch.catchUp()
    say('STOPPING=1')
    expect([done, told.length]).toEqual([[], 5])
  })

  test('by a line break on its descriptor', () => {
    const watch = watchers.readiness(target({ ready: { kind: 'descriptor', fd: 3 } }), report)
    lineBreak()
    expect(told).toEqual([['ready', true]])
    watch.stop()
  })

  test('by probe', async () => {
    const ready = { kind: 'tcp', host: '::1', port: 80, every: 1_000, timeout: 1_000 } as const
    const watch = watchers.readiness(target({ ready }), report)
    time.pass(20)
    await probes.asked[0]?.answer(true)
    expect(told).toEqual([['ready', true]])
    expect(watch.facts().probes).toMatchObject([{ kind: 'ready', target: '::1:80', ok: true }])
    watch.stop()
    expect(time.pending).toBe(0)
  })

  test('by a line of its log', () => {
    let found: ((line: string) => void) | null = null
    const watchFor = (pattern: RegExp, tell: (line: string) => void): (() => void) => {
      if (pattern.test('listening on 80')) found = tell
      return () => done.push('cancelled')
    }
    const ready = { kind: 'log', pattern: '^listening' } as const
    const channel = { watchFor } as never
    const watch = watchers.readiness({ ...target({ ready }), channel }, report)
    ;(found as ((line: string) => void) | null)?.('listening on 80')
    expect(told).toEqual([['ready', true]])
    watch.stop()
    expect(done).toEqual(['cancelled'])
  })

  test('L10 what comes after the end of the watching is not told', async () => {
    const check = { kind: 'tcp', host: 'h', port: 1, every: 9, timeout: 9 } as const
    for (const ready of [{ kind: 'notify' }, { kind: 'descriptor', fd: 3 }, check] as const) {
      const watch = watchers.readiness(target({ ready }), report)
      time.pass(9)
      watch.stop()
      if (ready.kind === 'notify') say('READY=1\nSTATUS=late')
      if (ready.kind === 'descriptor') lineBreak()
      await probes.asked.at(-1)?.answer(true)
    }
    expect(told).toEqual([])
    expect(time.pending).toBe(0)
  })
})

describe('the life of a program', () => {
  const heartbeat = { every: 5_000, misses: 3, forward: 'http://monitor/' }

  test('beats by notice and by request keep it, and are forwarded', () => {
    const watch = watchers.life(target({ heartbeat }), report)
    time.pass(10_000)
    watch.beat()
    time.pass(10_000)
    say('WATCHDOG=1')
    const at = time.clock.wall()
    time.pass(14_999)
    expect(told).toEqual([])
    time.pass(1)
    expect(told).toEqual([['fault', 'heartbeat', '3 heartbeats were missed', 20_000]])
    expect(forwarded).toHaveLength(2)
    expect(forwarded[1]).toEqual(['api', 'http://monitor/', at])
    expect(watch.facts().heartbeat).toEqual({ lastAt: at.toISOString(), missed: 3 })
    watch.stop()
    watch.beat()
    expect(forwarded).toHaveLength(2)
  })

  test('a program may say itself that it hangs', () => {
    const watch = watchers.life(target({ heartbeat }), report)
    say('WATCHDOG=trigger')
    expect(told).toEqual([['fault', 'heartbeat', 'it says itself that it hangs', 0]])
    watch.stop()
  })

  test('its health, its limits and its schedule', async () => {
    const watch = watchers.life(
      target({
        health: {
          kind: 'http',
          url: 'http://h/',
          every: 1_000,
          timeout: 500,
          failures: 1,
          startPeriod: 0,
        },
        limits: { ...completeProgram(target({}).spec).limits, memory: 1_000 },
        restartAt: ['* * * * *'],
      }),
      report,
    )
    time.pass(20)
    await probes.asked[0]?.answer(true)
    for (let count = 0; count < 30; count += 1) {
      time.pass(2_000)
      await settled()
    }
    const told_ = told.map(([what, cause]) => `${what} ${cause}`)
    expect(told_[0]).toBe('health true')
    expect(new Set(told_)).toEqual(
      new Set(['health true', 'health false', 'fault memory', 'fault schedule']),
    )
    watch.stop()
    expect(time.pending).toBe(0)
  })

  test('what the kernel limits is not measured', () => {
    const limits = { ...completeProgram(target({}).spec).limits, memory: 1_000 }
    const watch = watchers.life({ ...target({ limits }), holds: ['memory'] }, report)
    expect(time.pending).toBe(0)
    watch.stop()
  })

  test('a program without any of it costs nothing', () => {
    const watch = watchers.life(target({}), report)
    expect(time.pending).toBe(0)
    expect(watch.facts()).toEqual({ probes: [], heartbeat: null })
    watch.stop()
  })
})
