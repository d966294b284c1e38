import { describe, expect, test } from 'vitest'
import type { StopStep } from '../model/program-spec.ts'
import { parseGuardFile } from './guard-file.ts'
import { windowsStop } from './windows-stop.ts'

const parse = (settings: string, onWindows?: boolean) => {
  const text = `services: { web: { command: web, ${settings} } }`
  const path = '/srv/stead.yaml'
  return parseGuardFile({ path, text, env: {}, ...(onWindows === undefined ? {} : { onWindows }) })
    .services[0] as { readonly stop: readonly StopStep[] }
}
const steps = ({ stop }: { readonly stop: readonly StopStep[] }) =>
  stop.map(({ action, wait }) => [action.kind === 'signal' ? action.signal : 'command', wait])

describe('the stop of a program on Windows', () => {
  test('where none is written: what asks, within the time that SIGTERM has, and then the job', () => {
    expect(steps(parse('cwd: /', true))).toEqual([
      ['CTRL_C', 6_000],
      ['WM_CLOSE', 2_000],
      ['WM_QUIT', 1_000],
      ['CTRL_BREAK', 1_000],
      ['SIGKILL', 5_000],
    ])
  })

  test('its steps that ask take together what was declared', () => {
    const asking = steps(parse('stop: { timeout: 33s }', true)).slice(0, -1)
    expect(asking.reduce((sum, [, wait]) => sum + Number(wait), 0)).toBe(33_000)
    expect(windowsStop(parse('stop: [{ signal: CTRL_BREAK, wait: 3s }]').stop)).toEqual([
      { action: { kind: 'signal', signal: 'CTRL_BREAK', to: 'leader' }, wait: 3_000 },
      { action: { kind: 'signal', signal: 'SIGKILL', to: 'tree' }, wait: 5_000 },
    ])
  })

  test('names of the other system are refused by name, on each', () => {
    expect(() => parse('stop: [{ signal: SIGINT }]', true)).toThrow(/Windows has no such signal/)
    expect(() => parse('reload: { signal: SIGHUP }', true)).toThrow(/it has CTRL_C/)
    expect(() => parse('stop: [{ signal: ctrl_c }]', false)).toThrow(/only Windows has it/)
    expect(() => parse('stop: [{ signal: wm_close }, { signal: SIGTERM }]', true)).not.toThrow()
    expect(() => parse('reload: { signal: ctrl_break }', true)).not.toThrow()
  })

  test('no program of Windows ends by a signal that a restart could name', () => {
    const when = (signals: string) => `restart: { when: { codes: [1], signals: ${signals} } }`
    expect(() => parse(when('[SIGSEGV]'), true)).toThrow(/name exit codes/)
    expect(() => parse(when('[SIGKILL]'), true)).not.toThrow()
    expect(() => parse(when('[SIGSEGV]'), false)).not.toThrow()
  })

  test('a file that is only looked at may be for either system', () => {
    expect(steps(parse('stop: [{ signal: CTRL_C }, { signal: SIGINT }]'))[0]).toEqual([
      'CTRL_C',
      10_000,
    ])
  })
})
