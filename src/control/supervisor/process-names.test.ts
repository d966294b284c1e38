import { expect, test } from 'vitest'
import type { InstanceStatus } from '../../model/guard-status.ts'
import { PROGRAM_PHASES } from '../../model/guard-status.ts'
import {
  groupNamed,
  namedProcesses,
  namespecOf,
  oneNamed,
  processNamed,
  splitNamespec,
} from './process-names.ts'
import { isSignallable, isStarted, isStoppable, STATE_OF_PHASE } from './process-states.ts'

const status = (id: string): InstanceStatus => {
  const [service = '', instance = '1'] = id.split('@')
  return { id, service, instance: Number(instance) } as InstanceStatus
}
const processes = namedProcesses(
  ['web@10', 'web@2', 'db', 'cache', 'api'].map(status),
  (service) => (service === 'api' || service === 'db' ? 'back' : null),
)

test('groups and names in order, instances by their number', () => {
  expect(processes.map(namespecOf)).toEqual([
    'back:api',
    'back:db',
    'cache',
    'web:web@2',
    'web:web@10',
  ])
})

test.each([
  ['cache', ['cache']],
  ['cache:cache', ['cache']],
  ['cache:*', ['cache']],
  ['back:db', ['back:db']],
  ['db', ['back:db']],
  ['back:*', ['back:api', 'back:db']],
  ['back:', ['back:api', 'back:db']],
  ['web:web@10', ['web:web@10']],
  ['web@10', ['web:web@10']],
])('%s names %j', (text, names) => {
  expect([processNamed(processes, text)].flat().map(namespecOf)).toEqual(names)
})

test.each([
  '',
  ':',
  '*',
  'web',
  'back',
  'back:web',
  'web:api',
  'nobody',
  'nobody:*',
  'web:web@3',
  'ba*',
  'cache:db',
])('%j names nothing', (text) => {
  expect(() => processNamed(processes, text)).toThrow(`BAD_NAME: ${text}`)
})

test('a whole group is not one process, and one process is not a group', () => {
  expect(() => oneNamed(processes, 'back:*')).toThrow('BAD_NAME: back:*')
  expect(oneNamed(processes, 'back:api').name).toBe('api')
  expect(groupNamed(processes, 'back')).toHaveLength(2)
  expect(() => groupNamed(processes, 'api')).toThrow('BAD_NAME: api')
})

test('only the first colon divides', () => {
  expect(splitNamespec('a:b:c')).toEqual({ group: 'a', name: 'b:c' })
})

test('every phase has a state, and the state says what may be asked for', () => {
  const facts = (phase: InstanceStatus['phase'], want: 'up' | 'down', pid: number | null) => ({
    phase,
    pid,
    want: { state: want, by: '', at: '' },
  })
  const may = PROGRAM_PHASES.map((phase) => [
    phase,
    STATE_OF_PHASE[phase],
    isStarted(facts(phase, 'up', 1)) ? 'stop' : 'start',
    isSignallable(facts(phase, 'up', 1)),
  ])
  expect(may).toEqual([
    ['stopped', 'STOPPED', 'start', false],
    ['waiting', 'STARTING', 'stop', true],
    ['starting', 'STARTING', 'stop', true],
    ['running', 'RUNNING', 'stop', true],
    ['paused', 'RUNNING', 'stop', true],
    ['stopping', 'STOPPING', 'start', true],
    ['exited', 'EXITED', 'start', false],
    ['backoff', 'BACKOFF', 'stop', false],
    ['fatal', 'FATAL', 'start', false],
    ['lost', 'UNKNOWN', 'start', false],
  ])
  expect(isSignallable(facts('waiting', 'up', null))).toBe(false)
  expect(isStoppable(facts('stopping', 'up', 1))).toBe(true)
  expect(isStoppable(facts('stopping', 'down', 1))).toBe(false)
  expect(isStoppable(facts('backoff', 'up', null))).toBe(true)
})
