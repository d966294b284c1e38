import { describe, expect, test } from 'vitest'
import { programWatchers } from '../../src/guard/program-watchers.ts'
import { limitWatch } from '../../src/guard/watch-limits.ts'
import { completeProgram } from '../../src/model/program-spec.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { programNotices } from '../../src/platform/posix/program-notices.ts'
import { treeUsage } from '../../src/platform/posix/usage.ts'
import { systemTimers } from '../../src/platform/timers.ts'
import { until } from '../contract/until.ts'
import { fakeProbes } from '../fakes/probes.ts'
import { temporaryDirectory } from '../fixtures/temporary-directory.ts'
import { runProgram, STORY } from './process.ts'

describe.skipIf(process.platform !== 'linux')('a service of the SDK under a guard', () => {
  test('is ready when it says so, beats by itself, and is missed when it hangs', async () => {
    const notices = programNotices(temporaryDirectory('guarded'), () => null)
    const time = { clock: systemClock(), timers: systemTimers() }
    const watchers = programWatchers({
      ...time,
      probes: fakeProbes(),
      notices,
      limits: limitWatch({ ...time, usage: treeUsage() }),
      store: { keep() {}, giveUp() {}, of: () => [] },
      environmentOf: () => ({}),
      forward() {},
    })
    const spec = completeProgram({
      name: 'story',
      command: [STORY],
      cwd: '/',
      ready: { kind: 'notify' },
      heartbeat: { every: 300, misses: 3, forward: null },
    })
    const { env } = watchers.prepare('story', spec, 1)
    const running = runProgram(STORY, [], { ...env, STEAD_GUARD: 'abc', STEAD_SERVICE: 'story' })
    const identity = { pid: running.pid, birth: '', boot: '' }
    const target = { id: 'story', service: 'story', incarnation: 1, spec, identity, channel: null }
    const told: string[] = []
    const report = {
      ready: (ready: boolean) => void told.push(`ready ${ready}`),
      health() {},
      fault: (cause: string, why: string) => void told.push(`${cause}: ${why}`),
      status() {},
      probed() {},
      said() {},
    }
    const readiness = watchers.readiness(target, report)
    try {
      await until('it is ready', () => told.includes('ready true'))
      readiness.stop()
      const life = watchers.life(target, report)
      const first = await until('it beats', () => life.facts().heartbeat?.lastAt)
      await until('it beats again', () => life.facts().heartbeat?.lastAt !== first)
      expect(told).toEqual(['ready true'])
      running.child.kill('SIGSTOP')
      await until('it is missed', () => told.includes('heartbeat: 3 heartbeats were missed'))
      life.stop()
    } finally {
      running.child.kill('SIGCONT')
      running.child.kill('SIGTERM')
    }
    expect(await running.ended).toEqual({ code: 0, signal: null })
    await notices.close()
  })
})
