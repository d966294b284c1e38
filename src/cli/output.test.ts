import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { SteadError } from '../errors.ts'
import { exitCodeFor, makeOutput } from './output.ts'

let said: { stdout: string; stderr: string }

beforeEach(() => {
  said = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const) {
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      said[stream] += String(text)
      return true
    })
  }
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

describe('progress', () => {
  const slow = async (): Promise<string> => {
    vi.useFakeTimers()
    const work = new Promise<string>((done) => setTimeout(() => done('done'), 5_000))
    const shown = makeOutput({}).progress('starting web', work)
    await vi.advanceTimersByTimeAsync(5_000)
    return shown
  }

  test('is one plain line on standard error after a second, where there is no terminal', async () => {
    expect(await slow()).toBe('done')
    expect(said).toEqual({ stdout: '', stderr: 'starting web …\n' })
  })

  test('is silent for what is done within a second, and with --quiet and --json', async () => {
    expect(await makeOutput({}).progress('x', Promise.resolve(1))).toBe(1)
    expect(await makeOutput({ quiet: true }).progress('x', Promise.resolve(2))).toBe(2)
    expect(said).toEqual({ stdout: '', stderr: '' })
  })

  test('says how far it is at each look, on a terminal', async () => {
    vi.useFakeTimers()
    const { isTTY } = process.stderr
    process.stderr.isTTY = true
    onTestFinished(() => {
      process.stderr.isTTY = isTTY
    })
    let far = 0
    const work = new Promise<void>((done) => setTimeout(done, 2_500))
    const shown = makeOutput({}).progress(() => `fetching, ${far} of 9`, work)
    far = 3
    await vi.advanceTimersByTimeAsync(1_500)
    far = 7
    await vi.advanceTimersByTimeAsync(1_000)
    await shown
    expect(said.stderr.split('\r\u001b[K')).toEqual([
      ...['', 'fetching, 3 of 9 … 1 s', 'fetching, 7 of 9 … 2 s', ''],
    ])
  })

  test('passes a failure on', async () => {
    await expect(makeOutput({}).progress('x', Promise.reject(new Error('no')))).rejects.toThrow(
      'no',
    )
  })
})

describe('an error', () => {
  test('of stead is a line with its code and a line with its hint', () => {
    makeOutput({}).error(new SteadError('NOT_INSTALLED', { name: 'web', manager: 'systemd' }))
    expect(said.stderr).toBe(
      'error: NOT_INSTALLED: systemd has no service "web"\nhint: see which there are: stead list\n',
    )
  })

  test('of any other kind is INTERNAL, and asks for a report', () => {
    makeOutput({}).error(new TypeError('x is not a function'))
    expect(said.stderr).toMatch(/^error: INTERNAL: .*x is not a function\nhint: .*report.*\n$/)
  })

  test('with --json is one line of JSON, of either kind', () => {
    const output = makeOutput({ json: true })
    output.error(new SteadError('NOT_INSTALLED', { name: 'web', manager: 'systemd' }))
    output.error(new TypeError('x is not a function'))
    const [first, second] = said.stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(first).toMatchObject({ error: { code: 'NOT_INSTALLED', name: 'web' } })
    expect(second).toMatchObject({ error: { code: 'INTERNAL', hint: expect.any(String) } })
  })

  test('with --verbose shows every cause', () => {
    const cause = new Error('the bus is gone', { cause: new Error('ECONNREFUSED') })
    makeOutput({ verbose: true }).error(
      new SteadError('MANAGER_FAILED', { manager: 'systemd', action: 'x', detail: 'y' }, { cause }),
    )
    expect(said.stderr).toMatch(/the bus is gone[\s\S]*ECONNREFUSED/)
  })

  test('gives the exit code of its row', () => {
    expect(exitCodeFor(new SteadError('NOT_INSTALLED', { name: 'x', manager: 'y' }))).toBe(5)
    expect(exitCodeFor(new Error('x'))).toBe(1)
  })
})
