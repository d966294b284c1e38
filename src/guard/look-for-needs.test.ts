import { expect, test } from 'vitest'
import { fakeProbes, settled } from '../../test/fakes/probes.ts'
import { virtualTime } from '../../test/simulation/virtual-time.ts'
import type { Need, UnmetNeed } from '../model/program-needs.ts'
import { completeProgram } from '../model/program-spec.ts'
import { lookForNeeds } from './look-for-needs.ts'

const NEEDS: readonly Need[] = [
  { kind: 'tcp', host: '::1', port: 5432, timeout: 2_000 },
  { kind: 'http', url: 'http://me:secret@auth/healthz', timeout: 2_000 },
  { kind: 'file', path: '/run/token', timeout: 2_000 },
  { kind: 'dns', name: 'mail', timeout: 2_000 },
  { kind: 'exec', command: ['sh', '-c', 'a\nb'], timeout: 5_000 },
]

function look(needs = NEEDS, environmentOf = () => ({})) {
  const time = virtualTime(() => 0)
  const probes = fakeProbes()
  const told: (readonly UnmetNeed[])[] = []
  const spec = completeProgram({ name: 'a', command: ['/a'], cwd: '/srv', user: 'www', needs })
  const parts = { timers: time.timers, probes, environmentOf }
  const leave = lookForNeeds({ id: 'a', service: 'a', spec }, parts, (unmet) => told.push(unmet))
  const answer = (index: number, ok: boolean, detail?: string) =>
    probes.asked[index]?.answer(ok, detail)
  return { time, probes, told, leave, answer }
}

test('asks everything at the same time, commands as the program itself', async () => {
  const { probes, told, answer } = look()
  await settled()
  expect(probes.asked.map(({ what }) => what)).toEqual([
    'tcp ::1:5432',
    'http http://me:secret@auth/healthz',
    'file /run/token',
    'dns mail',
    'exec sh -c a\nb as www in /srv',
  ])
  for (const index of NEEDS.keys()) await answer(index, true)
  expect(told).toEqual([[]])
})

test('tells all that is missing in words, on one line, without passwords', async () => {
  const { told, answer } = look()
  const details = ['ECONNREFUSED', '503 Service Unavailable', 'ENOENT', 'ENOTFOUND', 'exit code 1']
  for (const [index, detail] of details.entries()) await answer(index, false, detail)
  expect(told[0]?.map(({ need, how }) => `${need} (${how})`)).toEqual([
    'tcp [::1]:5432 (connection refused)',
    expect.stringMatching(/^http http:\/\/.*@auth\/healthz \(503 Service Unavailable\)$/),
    'file /run/token (not there)',
    'dns mail (no such name)',
    'exec sh -c a b (exit code 1)',
  ])
  expect(JSON.stringify(told)).not.toContain('secret')
})

test('what gives no answer in its time is missing, whatever the probe does', async () => {
  const { time, told, answer } = look()
  for (const index of [0, 1, 2, 3]) await answer(index, true)
  time.pass(4_999)
  await settled()
  expect(told).toEqual([])
  time.pass(1)
  await settled()
  expect(told).toEqual([[{ need: 'exec sh -c a b', how: 'no answer within 5000 ms' }]])
})

test('a try that is left asks nobody any more and tells nothing', async () => {
  const { time, probes, told, leave } = look()
  leave()
  await settled()
  expect(probes.asked.every(({ signal }) => signal.aborted)).toBe(true)
  expect(time.pending).toBe(0)
  expect(told).toEqual([])
})

test('an environment that cannot be had is a command that fails', async () => {
  const { told } = look(NEEDS.slice(4), () => {
    throw new Error('a.env is not there')
  })
  await settled()
  expect(told).toEqual([[{ need: 'exec sh -c a b', how: 'a.env is not there' }]])
})
