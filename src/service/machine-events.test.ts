import { expect, test } from 'vitest'
import { fakeProcessEvents } from '../../test/fakes/host.ts'
import { manualClock } from '../../test/fakes/manual-clock.ts'
import { fakeScmConversation } from '../../test/fakes/scm-conversation.ts'
import { scmHost } from '../hosts/scm/scm-host.ts'
import { SCM_CONTROLS } from '../model/scm-values.ts'
import { defineService, type ServiceDefinition } from './define-service.ts'
import { runService } from './run-service.ts'

const SESSION = 0x80
const POWER = 0x40
const TIME = 0x200
const STOP = 0x101
const logon = { eventType: 5, data: new Uint8Array(Uint32Array.of(8, 2).buffer) }

/** A service under the host for the SCM, in a conversation with nobody. */
async function underScm(definition: Partial<ServiceDefinition>) {
  const fake = fakeScmConversation()
  const clock = manualClock()
  const lines: string[] = []
  const sink = { write: (line: string) => void lines.push(line), close() {} }
  const host = scmHost({ conversation: fake.conversation, clock, sink })
  const service = defineService({ name: 'web', start() {}, ...definition })
  void runService(service, { host, clock, events: fakeProcessEvents(), configFile: null })
  await clock.settle()
  return { fake, clock, log: () => lines.join('\n') }
}

test.each<[string, Partial<ServiceDefinition>, number]>([
  ['nothing', {}, 0],
  ['sessions', { onSession() {} }, SESSION],
  ['power', { onPower() {} }, POWER],
  ['the clock', { onTimeChange() {} }, TIME],
  ['all', { onSession() {}, onPower() {}, onTimeChange() {} }, SESSION | POWER | TIME],
])(
  'a service that wants to be told of %s accepts just that of the SCM',
  async (_, definition, bits) => {
    const { fake } = await underScm(definition)
    expect(fake.accepted.bits).toBe(STOP | bits)
  },
)

test('it is told in running and paused, and no more when it stops', async () => {
  const gate = Promise.withResolvers<void>()
  const definition = { onSession() {}, pause() {}, resume() {}, stop: () => gate.promise }
  const { fake, clock } = await underScm(definition)
  fake.send(SCM_CONTROLS.pause)
  await clock.settle()
  expect(fake.accepted.bits & SESSION).toBe(SESSION)
  fake.send(SCM_CONTROLS.stop)
  await clock.settle()
  expect(fake.accepted.bits).toBe(0)
  gate.resolve()
})

test('nothing is accepted before the start has come to its end', async () => {
  const { fake } = await underScm({ onPower() {}, start: () => new Promise(() => {}) })
  expect(fake.accepted.bits).toBe(STOP)
})

test('what is told arrives as a typed event, with the context', async () => {
  const told: unknown[] = []
  const { fake, clock } = await underScm({
    onSession: ({ host }, event) => void told.push(host, event),
    onPower: (_, event) => void told.push(event),
    onTimeChange: (_, { from, to }) => void told.push(to.getTime() - from.getTime()),
  })
  fake.send(SCM_CONTROLS.sessionChange, logon)
  fake.send(SCM_CONTROLS.powerEvent, { eventType: 4, data: new Uint8Array() })
  const times = BigInt64Array.of(134_000_000_000_000_000n, 133_999_999_990_000_000n)
  fake.send(SCM_CONTROLS.timeChange, { eventType: 0, data: new Uint8Array(times.buffer) })
  await clock.settle()
  expect(told).toEqual(['scm', { change: 'logon', session: 2 }, { change: 'suspend' }, 1_000])
})

test('what a handler throws is in the log, and the service goes on', async () => {
  const { fake, clock, log } = await underScm({
    async onSession() {
      throw new Error('who is that?')
    },
  })
  fake.send(SCM_CONTROLS.sessionChange, logon)
  await clock.settle()
  expect(log()).toMatch(/<3> session logon failed: Error: who is that\?/)
  expect(fake.states.at(-1)).toBe('running')
})

test('a control that Windows may send to come says nothing', async () => {
  const { fake, clock, log } = await underScm({ onSession() {} })
  fake.send(SCM_CONTROLS.sessionChange, { eventType: 99, data: logon.data })
  await clock.settle()
  expect(log()).toBe('')
})
