import { RpcFault } from './faults.ts'
import { overflows, readRange, tailRange, withoutCutHead } from './log-ranges.ts'
import { allLines, newestLines } from './main-log.ts'
import { method, type RpcContext, type RpcMethod } from './method.ts'
import { oneNamed } from './process-names.ts'
import type { RpcResult } from './rpc-value.ts'

const READ_HELP =
  'length bytes of the log of a process from offset on (0: all that follows); with a negative offset so many of its last bytes. Both streams are in one log.'
const TAIL_HELP =
  'The last bytes of the log of a process, at most length, as [text, size of the log, whether there is more behind offset]. Both streams are in one log.'

async function readLog(
  { api, processes, readPiece }: RpcContext,
  name: string,
  offset: number,
  length: number,
): Promise<RpcResult> {
  const file = api.logFile(oneNamed(processes(), name).status.id)
  const range = readRange(offset, length)
  if (file === null) throw new RpcFault('NO_FILE')
  let from = 0
  const piece = await readPiece(file, (size) => {
    const found = range(size)
    from = found.offset
    return found
  })
  if (piece === null) throw new RpcFault('NO_FILE', file)
  return withoutCutHead(piece.text, from)
}

async function tailLog(
  { api, processes, readPiece }: RpcContext,
  name: string,
  offset: number,
  length: number,
): Promise<RpcResult> {
  const file = api.logFile(oneNamed(processes(), name).status.id)
  let from = 0
  const piece =
    file === null
      ? null
      : await readPiece(file, (size) => {
          const found = tailRange(offset, length)(size)
          from = found.offset
          return found
        })
  if (piece === null) return ['', 0, false]
  const { text, size } = piece
  return [withoutCutHead(text, from), size, overflows(offset, length, size)]
}

function readMainLog({ api }: RpcContext, offset: number, length: number): RpcResult {
  const range = readRange(offset, length)
  const lines = offset < 0 ? newestLines(api, -offset) : allLines(api)
  const { offset: from, length: most } = range(lines.length)
  return withoutCutHead(lines.toString('utf8', from, from + most), from)
}

const readProcessLog = method('string', ['string', 'int', 'int'], READ_HELP, readLog)
const tailProcessLog = method('array', ['string', 'int', 'int'], TAIL_HELP, tailLog)
const readGuardLog = method(
  'string',
  ['int', 'int'],
  'length bytes of the events of the guard, as lines, from offset on; with a negative offset so many of the last bytes.',
  readMainLog,
)

export const LOG_METHODS: Readonly<Record<string, RpcMethod>> = {
  readLog: readGuardLog,
  readMainLog: readGuardLog,
  clearLog: method(
    'boolean',
    [],
    'Always the fault FAILED: the events of a guard are its history, and are not emptied.',
    () => {
      throw new RpcFault('FAILED', 'the events of a guard cannot be cleared')
    },
  ),
  readProcessLog,
  readProcessStdoutLog: readProcessLog,
  readProcessStderrLog: readProcessLog,
  tailProcessLog,
  tailProcessStdoutLog: tailProcessLog,
  tailProcessStderrLog: tailProcessLog,
}
