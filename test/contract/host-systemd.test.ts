import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type NotifyReceiver, notifyReceiver } from '../fixtures/notify/notify-receiver.ts'
import { temporaryDirectory } from '../fixtures/temporary-directory.ts'
import { hostContract } from './host.ts'
import { NO_INTERROGATION, runAsProcess } from './host-process.ts'
import { until } from './until.ts'

let counter = 0
const path = (): string => join(temporaryDirectory('notify'), 'notify')
const abstract = (): string => `@stead-test-${process.pid}-${++counter}`

/** What systemd sets for a program that it starts; the test is its parent, as the manager would be. */
const environment = (address: string): Record<string, string> => ({
  NOTIFY_SOCKET: address,
  MANAGERPID: String(process.pid),
})

for (const [name, address] of [
  ['path', path],
  ['abstract name', abstract],
] as const) {
  hostContract(`systemd, on a real notify socket with a ${name}`, {
    skip: { 'S03 an interrogation': NO_INTERROGATION },
    async run(args) {
      const receiver = notifyReceiver(address())
      return runAsProcess({
        args,
        env: environment(receiver.address),
        states: () => statesOf(receiver),
        onEnd: receiver.close,
      })
    },
  })
}

describe('what systemd is told', () => {
  async function tell(args: readonly string[], env: Record<string, string> = {}) {
    const receiver = notifyReceiver(path())
    const story = runAsProcess({
      args,
      env: { ...environment(receiver.address), ...env },
      states: () => statesOf(receiver),
      onEnd: receiver.close,
    })
    return { story, receiver, said: () => receiver.received.map((lines) => lines.join(' ')) }
  }

  test('S02 it has patience with a start from the first moment on, and as long as the start may take', async () => {
    const { story, said } = await tell(['--start-ms', '100', '--start-timeout', '8s'])
    await story.until('running')
    expect(said()[0]).toMatch(/^EXTEND_TIMEOUT_USEC=1[23]\d{6}$/)
    story.ask('stop')
    expect(await story.ended).toBe(0)
  })

  test('a reload with the time of its begin on the monotonic clock, and ready after it', async () => {
    const { story, receiver } = await tell([])
    await story.until('running')
    const before = process.hrtime.bigint() / 1000n
    story.ask('reload')
    await story.until('running', 2)
    const after = process.hrtime.bigint() / 1000n
    const reload = receiver.received.find((lines) => lines.includes('RELOADING=1'))
    const time = BigInt(/MONOTONIC_USEC=(\d+)/.exec(String(reload))?.[1] ?? -1)
    expect(time >= before && time <= after).toBe(true)
    story.ask('stop')
    await story.ended
  })

  test('the status text, the state in front of it where systemd has no word for that', async () => {
    const { story, said } = await tell([])
    await story.until('running')
    story.ask('pause')
    await story.until('paused')
    expect(said()).toContain('READY=1 STATUS=telling a story')
    expect(said()).toContain('STATUS=paused: telling a story')
    story.ask('stop')
    await story.ended
  })

  test('the reason of a failure as its last status', async () => {
    const { story, said } = await tell(['--start', 'throw'])
    await story.ended
    expect(said().at(-1)).toContain('the story cannot begin')
  })

  test('each heartbeat of the service', async () => {
    const { story, said } = await tell(
      ['--heartbeat-ms', '20', '--beats', '3', '--watchdog', '60s'],
      {
        WATCHDOG_USEC: '60000000',
      },
    )
    const pulses = (): number => said().filter((text) => text === 'WATCHDOG=1').length
    await until('three pulses', () => pulses() === 3)
    story.ask('stop')
    await story.ended
    // Half of a minute has not gone by, so none of them is the loop's.
    expect(pulses()).toBe(3)
  })

  test('pulses of the event loop, where the service has no heartbeat', async () => {
    const { story, said } = await tell([], { WATCHDOG_USEC: '100000' })
    await until('five pulses', () => said().filter((text) => text === 'WATCHDOG=1').length >= 5)
    story.ask('stop')
    await story.ended
  })

  test('nothing of a watchdog that is meant for another process', async () => {
    const { story, said } = await tell([], { WATCHDOG_USEC: '1000', WATCHDOG_PID: '1' })
    await story.until('running')
    story.ask('stop')
    await story.ended
    expect(said().filter((text) => text === 'WATCHDOG=1')).toEqual([])
  })

  test('log lines with their severity in front, every line of an entry', async () => {
    const { story } = await tell(['--then', 'crash'])
    await story.ended
    const lines = story.log().trim().split('\n')
    expect(lines.length).toBeGreaterThan(3)
    for (const line of lines) expect(line).toMatch(/^<[0-7]>/)
  })

  test('and nothing at all by a process that only inherited the environment', async () => {
    const { story, receiver } = await tell([], { MANAGERPID: '1' })
    await until('the console', () => /running story/.test(story.log()))
    story.ask('stop')
    expect(await story.ended).toBe(0)
    expect(receiver.received).toEqual([])
  })
})

/** What systemd would make of the messages: repeated ones are one. */
function statesOf({ received }: NotifyReceiver): string[] {
  const states: string[] = []
  for (const lines of received) {
    const told = lines.map(stateOf).find((state) => state !== null)
    // Patience is asked for in every passing state; before anything else was said it is the start's.
    if (told === 'starting' && states.length > 0) continue
    if (told !== undefined && told !== null && told !== states.at(-1)) states.push(told)
  }
  return states
}

function stateOf(line: string): string | null {
  if (line === 'READY=1') return 'running'
  if (line === 'RELOADING=1') return 'reloading'
  if (line === 'STOPPING=1') return 'stopping'
  const status = /^STATUS=(pausing|paused|resuming)\b/.exec(line)
  if (status !== null) return status[1] as string
  return line.startsWith('EXTEND_TIMEOUT_USEC=') ? 'starting' : null
}
