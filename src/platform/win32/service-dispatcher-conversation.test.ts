import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { expect, onTestFinished, test } from 'vitest'
import type { EventRecord } from '../../model/ports/scm-conversation.ts'
import { conversation } from './service-dispatcher-conversation.ts'

/** A thread in place of the one that talks to the SCM: `code` is what it does with each message. */
function talkTo(code: string) {
  const progress = new SharedArrayBuffer(8)
  const worker = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads')
     const progress = new Int32Array(workerData)
     parentPort.on('message', (message) => { ${code} })`,
    { eval: true, workerData: progress },
  )
  onTestFinished(async () => void (await worker.terminate()))
  const written: EventRecord[] = []
  const contact = { kind: 'contact', name: 'app', args: [], record: null } as const
  const talk = conversation(worker, contact, new Int32Array(progress), (record) => {
    written.push(record)
  })
  return { talk, worker, written }
}

const WRITES = `if (message.kind === 'event') Atomics.add(progress, 1, 1)`
const NOTIFIES = `if (message.kind === 'event') { Atomics.add(progress, 1, 1); Atomics.notify(progress, 1) }`
const FINISHES = `if (message.kind === 'finish') { Atomics.store(progress, 0, 1); Atomics.notify(progress, 0) }`
const DIES = `if (message.kind === 'report') throw new Error('no more')`
const crash: EventRecord = { event: 'crashed', severity: 2, detail: 'x' }
const line: EventRecord = { event: 'log-error', severity: 3, detail: 'y' }

test('what the thread has written is not written again', () => {
  const { talk, written } = talkTo(`${WRITES}; ${FINISHES}`)
  talk.event(crash)
  talk.event(line)
  talk.finish(1066, 1)
  expect(written).toEqual([])
})

test('S04 a process that is about to crash waits for its records, and SERVICE_STOPPED is not told', () => {
  const { talk, written } = talkTo(NOTIFIES)
  talk.event(line)
  talk.event(crash)
  const begun = performance.now()
  talk.flush()
  expect(performance.now() - begun).toBeLessThan(4_000)
  expect(written).toEqual([])
})

test('S04 what the thread did not get to is written before the end, in order', () => {
  const { talk, written } = talkTo(FINISHES)
  talk.event(line)
  talk.event(crash)
  talk.finish(1066, 1)
  expect(written).toEqual([line, crash])
})

test('S04 a thread that dies ends the service, and what comes afterwards is written by this one', async () => {
  const { talk, worker, written } = talkTo(DIES)
  // What vitest would take for a failure of the test is what is looked for.
  const others = process.listeners('uncaughtException')
  process.removeAllListeners('uncaughtException')
  onTestFinished(() => {
    for (const listener of others) process.on('uncaughtException', listener)
  })
  const fault = once(process, 'uncaughtException')
  worker.ref()
  talk.event(line)
  talk.report('running', 1_000)
  const [error] = await fault
  expect(error).toMatchObject({ code: 'MANAGER_FAILED' })
  talk.event(crash)
  talk.finish(1066, 1)
  expect(written.map(({ event }) => event)).toEqual(['log-error', 'guard-crashed', 'crashed'])
  expect(written[1]?.detail).toContain('no more')
})
