/**
 * The thread that holds the conversation with the Service Control Manager, so that a program that
 * keeps its main thread busy does not keep the SCM waiting. Started by `service-dispatcher.ts`.
 */
import { parentPort, workerData } from 'node:worker_threads'
import type { ControlDetail } from '../../model/ports/scm-conversation.ts'
import { SCM_RECORD_VALUE, scmRecordPath } from '../../model/scm-record.ts'
import { SCM_ACCEPTS, SCM_CONTROLS } from '../../model/scm-values.ts'
import { eventLog } from './event-log.ts'
import { readValue } from './registry.ts'
import { isChildOfServices, setServiceStatus, startDispatcher } from './service-dispatcher-api.ts'
import {
  type DispatcherData,
  FINISHED,
  type FromDispatcher,
  type ToDispatcher,
  WRITTEN,
} from './service-dispatcher-messages.ts'
import {
  CHECKPOINT_EVERY,
  type StatusReporter,
  statusReporter,
} from './service-dispatcher-status.ts'

/** Milliseconds between two looks at a dispatcher that has not called ServiceMain yet. */
const LOOK_EVERY = 5
const NO_ERROR = 0
const ERROR_CALL_NOT_IMPLEMENTED = 120

const STOPS: ReadonlySet<number> = new Set([
  SCM_CONTROLS.stop,
  SCM_CONTROLS.shutdown,
  SCM_CONTROLS.preshutdown,
])

const progress = new Int32Array((workerData as DispatcherData).progress)
let status: StatusReporter | null = null
let writeEvent: ReturnType<typeof eventLog> = () => {}
let takes = { bits: 0, custom: false }

parentPort?.on('message', (message: ToDispatcher) => obey(message))
if (isChildOfServices()) await converse()
else post({ kind: 'alone' })

async function converse(): Promise<void> {
  const called = Promise.withResolvers<string[]>()
  const dispatcher = startDispatcher({ main: called.resolve, control })
  const look = setInterval(() => {
    if (dispatcher.isConnected()) return
    clearInterval(look)
    post({ kind: 'alone' })
  }, LOOK_EVERY)
  const [name = '', ...args] = await called.promise
  clearInterval(look)

  const connection = dispatcher.register(name)
  status = statusReporter(
    (words) => setServiceStatus(connection, words),
    () => performance.now(),
  )
  setInterval(() => status?.tick(), CHECKPOINT_EVERY)
  writeEvent = eventLog(name)
  const record = readValue(scmRecordPath(name), SCM_RECORD_VALUE)
  post({ kind: 'contact', name, args, record: record?.type === 'REG_SZ' ? record.data : null })
}

/**
 * HandlerEx. It only posts: the SCM's thread waits here, and Wine's deadlocks when the status is set
 * before it is let go.
 */
function control(code: number, detail: ControlDetail): number {
  if (!isTaken(code)) return ERROR_CALL_NOT_IMPLEMENTED
  if (STOPS.has(code)) setImmediate(() => status?.stopRequested())
  post({ kind: 'control', control: code, detail })
  return NO_ERROR
}

function isTaken(code: number): boolean {
  if (code >= 128 && code <= 255) return takes.custom
  switch (code) {
    case SCM_CONTROLS.interrogate:
      return true
    case SCM_CONTROLS.stop:
      return (takes.bits & SCM_ACCEPTS.stop) !== 0
    case SCM_CONTROLS.shutdown:
    case SCM_CONTROLS.preshutdown:
      return (takes.bits & (SCM_ACCEPTS.shutdown | SCM_ACCEPTS.preshutdown)) !== 0
    case SCM_CONTROLS.pause:
    case SCM_CONTROLS.resume:
      return (takes.bits & SCM_ACCEPTS.pauseContinue) !== 0
    case SCM_CONTROLS.paramChange:
      return (takes.bits & SCM_ACCEPTS.paramChange) !== 0
    case SCM_CONTROLS.sessionChange:
      return (takes.bits & SCM_ACCEPTS.sessionChange) !== 0
    case SCM_CONTROLS.powerEvent:
      return (takes.bits & SCM_ACCEPTS.powerEvent) !== 0
    case SCM_CONTROLS.timeChange:
      return (takes.bits & SCM_ACCEPTS.timeChange) !== 0
    default:
      return false
  }
}

function obey(message: ToDispatcher): void {
  switch (message.kind) {
    case 'accept':
      takes = message
      status?.accept(message.bits)
      return
    case 'report':
      status?.report(message.state, message.patience)
      return
    case 'event':
      writeEvent(message.record)
      Atomics.add(progress, WRITTEN, 1)
      Atomics.notify(progress, WRITTEN)
      return
    case 'finish':
      status?.finish(message.win32, message.specific)
      Atomics.store(progress, FINISHED, 1)
      Atomics.notify(progress, FINISHED)
  }
}

function post(message: FromDispatcher): void {
  parentPort?.postMessage(message)
}
