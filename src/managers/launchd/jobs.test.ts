import { describe, expect, test } from 'vitest'
import { sleepingClock } from '../../../test/fakes/clock.ts'
import { scriptedRunner } from '../../../test/fakes/command-runner.ts'
import { domains } from './domains.ts'
import { jobs } from './jobs.ts'
import { launchctl } from './launchctl.ts'

const RUNNING = { stdout: 'system/web = {\n\truns = 1\n\tpid = 7\n}\n' }
const FAILED = { stdout: 'system/web = {\n\truns = 1\n\tlast exit code = 3\n}\n' }
const LOADED = { stdout: 'system/web = {\n\truns = 0\n\tlast exit code = (never exited)\n}\n' }

/** Answers of launchctl by verb, used up one after the other; the last one stays. */
function scripted(answers: Record<string, (number | { stdout: string })[]>) {
  const runner = scriptedRunner((_, [verb = '', target]) => {
    if (verb === 'print' && target === 'system') return 0
    const left = answers[verb] ?? [0]
    return (left.length > 1 ? left.shift() : left[0]) ?? 0
  })
  const control = launchctl(runner)
  const clock = sleepingClock()
  const lifecycle = jobs(control, domains(control, 'system', 0), clock)
  const verbs = () => runner.calls.map(([, verb]) => verb).filter((verb) => verb !== 'print')
  return { lifecycle, clock, verbs }
}

describe('start', () => {
  test('loads the job and starts it', async () => {
    const { lifecycle, verbs } = scripted({ print: [113, RUNNING] })
    await lifecycle.start('web', '/web.plist', 1_000)
    expect(verbs()).toEqual(['bootstrap', 'kickstart'])
  })

  test('of a running job does nothing', async () => {
    const { lifecycle, verbs } = scripted({ print: [RUNNING] })
    await lifecycle.start('web', '/web.plist', 1_000)
    expect(verbs()).toEqual([])
  })

  test('of a job that is loaded and does not run loads it afresh, for its new definition', async () => {
    const { lifecycle, verbs } = scripted({ print: [FAILED, FAILED, 113, RUNNING] })
    await lifecycle.start('web', '/web.plist', 1_000)
    expect(verbs()).toEqual(['bootout', 'bootstrap', 'kickstart'])
  })

  test('waits while launchd is busy with the remains of the last one', async () => {
    const { lifecycle, verbs, clock } = scripted({
      bootstrap: [37, 37, 0],
      print: [113, 113, 113, RUNNING],
    })
    await lifecycle.start('web', '/web.plist', 1_000)
    expect(verbs()).toEqual(['bootstrap', 'bootstrap', 'bootstrap', 'kickstart'])
    expect(clock.monotonic()).toBe(100)
  })

  test('that launchd stays busy with ends with a time-out', async () => {
    const { lifecycle } = scripted({ bootstrap: [37], print: [113] })
    const starting = lifecycle.start('web', '/web.plist', 1_000)
    await expect(starting).rejects.toMatchObject({ code: 'MANAGER_TIMEOUT' })
  })

  test('of a program that ends at once with a failure says how', async () => {
    const { lifecycle } = scripted({ print: [113, FAILED] })
    const starting = lifecycle.start('web', '/web.plist', 1_000)
    await expect(starting).rejects.toThrow('"web" did not start: it ended with code 3')
  })

  test('of a job that never gets a process ends with a time-out', async () => {
    const { lifecycle } = scripted({ print: [113, LOADED] })
    const starting = lifecycle.start('web', '/web.plist', 1_000)
    await expect(starting).rejects.toMatchObject({ code: 'START_TIMEOUT' })
  })

  test('is tried again when launchd refuses in passing', async () => {
    const { lifecycle, verbs } = scripted({ bootstrap: [5, 5, 0], print: [113, 113, 113, RUNNING] })
    await lifecycle.start('web', '/web.plist', 1_000)
    expect(verbs()).toEqual(['bootstrap', 'bootstrap', 'bootstrap', 'kickstart'])
  })

  test('hands the catch-all code on when launchd goes on refusing', async () => {
    const { lifecycle, clock } = scripted({ bootstrap: [5], print: [113] })
    const starting = lifecycle.start('web', '/web.plist', 1_000)
    await expect(starting).rejects.toMatchObject({ code: 'MANAGER_FAILED' })
    expect(clock.monotonic()).toBe(2_000)
  })
})

describe('stop', () => {
  test.each([0, 36, 37])('asks until the job is gone, after bootout has said %i', async (code) => {
    const { lifecycle, verbs, clock } = scripted({
      bootout: [code],
      print: [RUNNING, RUNNING, LOADED, 113],
    })
    await lifecycle.stop('web', 1_000)
    expect(verbs()).toEqual(['bootout'])
    expect(clock.monotonic()).toBe(100)
  })

  test('of a job that is not loaded does nothing', async () => {
    const { lifecycle, verbs } = scripted({ print: [113] })
    await lifecycle.stop('web', 1_000)
    expect(verbs()).toEqual([])
  })

  test('of a job that went meanwhile is done', async () => {
    const { lifecycle } = scripted({ bootout: [3], print: [RUNNING, 113] })
    await expect(lifecycle.stop('web', 1_000)).resolves.toBeUndefined()
  })

  test('that does not come to an end says so, in a bounded time', async () => {
    const { lifecycle, clock } = scripted({ bootout: [36], print: [RUNNING] })
    await expect(lifecycle.stop('web', 1_000)).rejects.toMatchObject({
      code: 'STOP_TIMEOUT',
      params: { name: 'web', seconds: 1 },
    })
    expect(clock.monotonic()).toBeLessThan(12_000)
  })
})
