import assert from 'node:assert/strict'
import { describe, test } from './harness.ts'
import { until } from './until.ts'

export type HostRequest = 'stop' | 'reload' | 'pause' | 'resume' | 'interrogate'

/** A story (test/fixtures/services/story.ts) that runs under a host, seen from the manager's side. */
export interface HostRun {
  /** Asks for something in the manager's own way. */
  ask(request: HostRequest): void
  /** The states that the manager was told of, in order, as the lifecycle names them. */
  states(): readonly string[]
  /** Resolves when the manager was told of a state, or rejects when the story has ended without. */
  until(state: string, times?: number): Promise<void>
  /** What is in the log so far. */
  log(): string
  /** What the story wrote down. */
  events(): Promise<readonly string[]>
  /** The exit code. */
  readonly ended: Promise<number>
}

export interface HostSetup {
  run(args: readonly string[]): Promise<HostRun>
  /** Scenarios that this host cannot have, by the beginning of their titles, and why. */
  readonly skip?: Readonly<Record<string, string>>
}

/** What every host does, told from the manager's side: the same scenarios for all. */
export function hostContract(name: string, setup: HostSetup): void {
  const scenario = (title: string, body: () => Promise<void>): void => {
    const reason = Object.entries(setup.skip ?? {}).find(([begin]) => title.startsWith(begin))?.[1]
    test(title, { skip: reason ?? false }, body)
  }

  describe(`the contract of a host: ${name}`, () => {
    scenario('a service is starting until its start resolves, and then ready, once', async () => {
      const story = await setup.run(['--start-ms', '50'])
      await story.until('running')
      assert.deepEqual(story.states(), ['starting', 'running'])
      assert.deepEqual(await story.events(), ['start', 'ready'])
      story.ask('stop')
      assert.equal(await story.ended, 0)
      assert.deepEqual(story.states().slice(2, 3), ['stopping'])
    })

    scenario('S03 a stop during the start is honoured, and ready is never told', async () => {
      const story = await setup.run(['--start-ms', '60000'])
      await story.until('starting')
      story.ask('stop')
      assert.equal(await story.ended, 0)
      assert.equal(story.states().includes('running'), false)
    })

    scenario('S03 a second stop while stopping changes nothing', async () => {
      const story = await setup.run(['--stop-ms', '100'])
      await story.until('running')
      story.ask('stop')
      await story.until('stopping')
      story.ask('stop')
      assert.equal(await story.ended, 0)
      const stops = (await story.events()).filter((event) => event.startsWith('stop'))
      assert.deepEqual(stops, ['stop request'])
    })

    scenario('S03 an interrogation, and one more, change nothing', async () => {
      const story = await setup.run([])
      await story.until('running')
      story.ask('interrogate')
      story.ask('interrogate')
      story.ask('stop')
      assert.equal(await story.ended, 0)
    })

    for (const [how, code, reason] of [
      ['--start throw', 9, 'the story cannot begin'],
      ['--start never --start-timeout 200ms', 124, 'not ready within'],
      ['--then exit7', 7, 'process.exit'],
      ['--then crash', 1, 'the story has crashed'],
      ['--then reject', 1, 'the story was rejected'],
    ] as const) {
      scenario(`S04 ${how} ends with ${code}, and the log has the reason`, async () => {
        const story = await setup.run(how.split(' '))
        assert.equal(await story.ended, code)
        assert.match(story.log(), new RegExp(reason.replaceAll('.', '\\.')))
      })
    }

    scenario('S04 a stop that never ends is ended with 125', async () => {
      const story = await setup.run(['--stop', 'never', '--stop-timeout', '200ms'])
      await story.until('running')
      story.ask('stop')
      assert.equal(await story.ended, 125)
      assert.match(story.log(), /did not stop within/)
    })

    scenario('S05 a service that is done ends with success', async () => {
      const story = await setup.run(['--then', 'exit0'])
      assert.equal(await story.ended, 0)
      assert.deepEqual(await story.events(), ['start', 'ready', 'stop done'])
    })

    scenario('S11 pause and resume lead there and back', async () => {
      const story = await setup.run([])
      await story.until('running')
      story.ask('pause')
      await story.until('paused')
      story.ask('resume')
      await story.until('running', 2)
      story.ask('stop')
      assert.equal(await story.ended, 0)
      assert.deepEqual(await story.events(), ['start', 'ready', 'pause', 'resume', 'stop request'])
    })

    scenario('S11 a resume of what runs is refused, with the legal ones named', async () => {
      const story = await setup.run([])
      await story.until('running')
      story.ask('resume')
      // Two signals at once may come in any order; the stop waits for the answer.
      await until('the refusal, with what is legal', () =>
        /cannot resume while running; legal now: pause, reload, stop/.test(story.log()),
      )
      story.ask('stop')
      assert.equal(await story.ended, 0)
    })

    scenario('S11 a reload of what is paused does not reach it, and does not end it', async () => {
      const story = await setup.run([])
      await story.until('running')
      story.ask('pause')
      await story.until('paused')
      story.ask('reload')
      story.ask('stop')
      assert.equal(await story.ended, 0)
      assert.deepEqual(await story.events(), ['start', 'ready', 'pause', 'stop request'])
    })

    scenario('S11 a refused pause leaves it running', async () => {
      const story = await setup.run(['--pause', 'refuse'])
      await story.until('running')
      story.ask('pause')
      await story.until('running', 2)
      assert.match(story.log(), /pause refused/)
      story.ask('stop')
      assert.equal(await story.ended, 0)
    })

    scenario(
      'S11 a reload reaches the service, and a refused one leaves it as it was',
      async () => {
        for (const args of [[], ['--reload', 'refuse']]) {
          const story = await setup.run(args)
          await story.until('running')
          story.ask('reload')
          await story.until('running', 2)
          story.ask('stop')
          assert.equal(await story.ended, 0)
          assert.deepEqual(await story.events(), ['start', 'ready', 'reload', 'stop request'])
        }
      },
    )
  })
}
