import { describe, expect, test } from 'vitest'
import type { FakeOptions } from '../fakes/manager.ts'
import { fakeManagerSetup } from './fake-manager.setup.ts'
import { serviceManagerContract, serviceManagerScenarios } from './service-manager.ts'

serviceManagerContract('the fake in memory', fakeManagerSetup())

describe('the contract notices a manager that', () => {
  const defects: readonly [string, string, FakeOptions][] = [
    [
      'drops the environment',
      'P09 plain: the environment arrives exactly',
      { environment: ({ name }) => ({ STEAD_SERVICE: name }) },
    ],
    [
      'trims values',
      'P09 story: the environment arrives exactly',
      {
        environment: ({ name, env }) => ({
          STEAD_SERVICE: name,
          ...Object.fromEntries(Object.entries(env).map(([key, value]) => [key, value.trim()])),
        }),
      },
    ],
    [
      'drops the configuration file in silence',
      'S10 configFile /etc/under test.conf: in effect, or named',
      { environment: ({ name, env }) => ({ ...env, STEAD_SERVICE: name }) },
    ],
    [
      'shows a failed service as stopped',
      'S05 plain: one that fails and is not to be restarted is fatal, with its exit',
      {
        status: (status) => (status.phase === 'fatal' ? { ...status, phase: 'stopped' } : status),
      },
    ],
    [
      'throws for a failed service',
      'S05 plain: one that fails and is not to be restarted is fatal, with its exit',
      {
        status(status) {
          if (status.phase === 'fatal') throw new Error('the service has failed')
          return status
        },
      },
    ],
    [
      'does not tell since when it runs',
      'status has pid, time of start, want and start type',
      { status: (status) => ({ ...status, startedAt: null }) },
    ],
    [
      'writes what is the same again',
      'S06 the same definition again changes nothing',
      { rewrites: true },
    ],
    [
      'leaves a half-done installation',
      'S09 a failing step undoes the steps before it',
      { leavesHalfDone: true },
    ],
  ]

  test.each(defects)('%s', async (_, title, options) => {
    const setup = { ...fakeManagerSetup(options), deadline: 500 }
    const found = serviceManagerScenarios(setup).find((scenario) => scenario.title === title)
    await expect(found?.run()).rejects.toThrow()
  })
})
