import type { ControlAnswer } from '../../model/ports/control-transport.ts'
import type { LogFiles } from '../../model/ports/log-files.ts'
import { errorAnswer, TEXT_TYPE } from '../answers.ts'
import { invalid } from '../fields.ts'
import { GAP_LINE } from '../log-answer.ts'
import type { Call } from '../route.ts'
import { RpcFault } from './faults.ts'
import { lastLines, mainLogLine } from './main-log.ts'
import { type NamedProcess, oneNamed } from './process-names.ts'
import { processesOf } from './rpc-answer.ts'

/** What a follower of a program is shown of what is there already. */
const FIRST_LINES = 10
/** What a follower of the guard is shown, in bytes. */
const FIRST_BYTES = 1024
const GAP = '(events are missing here: they were read too slowly)\n'

/**
 * `GET /logtail/NAME/stdout`: what `supervisorctl tail -f` and `fg` read. Both streams of a program
 * are in one log, so it is the answer for either; `fg`, which asks for both, gets it once.
 */
export function logTail({ api, logs, may, request, place }: Call): ControlAnswer {
  const stream = place('STREAM')
  let found: NamedProcess
  try {
    found = oneNamed(processesOf({ api }), place('PROCESS'))
    if (stream !== '' && stream !== 'stdout' && stream !== 'stderr') throw new RpcFault('BAD_NAME')
  } catch (error) {
    if (!(error instanceof RpcFault)) throw error
    return errorAnswer(invalid('there is no such process, or it has no such stream'), 404)
  }
  const { id, service } = found.status
  const path = api.logFile(id)
  if (path === null) return errorAnswer(invalid(`${id} has no log`), 404)
  const gone = request.gone()
  const key = `${request.caller.pid ?? ''} ${path}`
  const parts = stream === 'stderr' && following.has(key) ? silence(gone) : lines(logs, path, gone)
  count(key, gone)
  return { status: 200, type: TEXT_TYPE, parts: whileViewed(parts) }

  async function* whileViewed(all: AsyncIterable<string>): AsyncGenerator<string> {
    for await (const part of all) {
      if (!may('view', service)) return
      yield part
    }
  }
}

/** Logs that are followed now, by who follows: a client has as many connections as it likes. */
const following = new Map<string, number>()

function count(key: string, until: AbortSignal): void {
  if (until.aborted) return
  following.set(key, (following.get(key) ?? 0) + 1)
  const leave = (): void => {
    const left = (following.get(key) ?? 1) - 1
    if (left === 0) following.delete(key)
    else following.set(key, left)
  }
  until.addEventListener('abort', leave, { once: true })
}

async function* lines(logs: LogFiles, path: string, signal: AbortSignal): AsyncGenerator<string> {
  let missing = false
  const missed = (): void => {
    missing = true
  }
  for await (const line of logs.tail(path, { last: FIRST_LINES, follow: true, signal, missed })) {
    if (missing) yield `${GAP_LINE}\n`
    missing = false
    yield `${line}\n`
  }
}

/** Says nothing until the client leaves. */
async function* silence(signal: AbortSignal): AsyncGenerator<string> {
  if (signal.aborted) return
  await new Promise((leave) => signal.addEventListener('abort', leave, { once: true }))
}

/** `GET /mainlogtail`: what `supervisorctl maintail -f` reads, the events of the guard as lines. */
export function mainLogTail({ api, request }: Call): ControlAnswer {
  return { status: 200, type: TEXT_TYPE, parts: parts() }

  async function* parts(): AsyncGenerator<string> {
    const { events } = api.events(null, request.gone())
    yield lastLines(api, FIRST_BYTES)
    for await (const event of events) {
      const line = 'gap' in event ? GAP : mainLogLine(event)
      if (line !== null) yield line
    }
  }
}
