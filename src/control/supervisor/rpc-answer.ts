import { isSteadError } from '../../errors.ts'
import type { ControlAnswer } from '../../model/ports/control-transport.ts'
import { errorAnswer } from '../answers.ts'
import { invalid } from '../fields.ts'
import type { Call } from '../route.ts'
import { groupFinder } from './config-groups.ts'
import { decodeCall } from './decode-call.ts'
import { encodeAnswer, encodeFault, XML_TYPE } from './encode-answer.ts'
import type { RpcContext } from './method.ts'
import { callNamed, faultOf } from './method-table.ts'
import { type NamedProcess, namedProcesses } from './process-names.ts'
import type { RpcCall } from './rpc-value.ts'
import { XmlProblem } from './xml-cursor.ts'

/**
 * One call of supervisor's XML-RPC. What is no such call is answered with 400, and what the caller has
 * no right to with 403, as supervisor answers whom it does not know with 401; all else has 200, and is
 * a result or a fault.
 */
export async function rpcAnswer(call: Call): Promise<ControlAnswer> {
  let asked: RpcCall
  try {
    asked = decodeCall(call.request.body)
  } catch (error) {
    if (!(error instanceof XmlProblem)) throw error
    return errorAnswer(invalid(`the body is no call of XML-RPC: ${error.message}`))
  }
  try {
    const result = await callNamed(contextOf(call), asked.method, asked.params)
    return { status: 200, type: XML_TYPE, body: encodeAnswer(result) }
  } catch (error) {
    if (isSteadError(error) && error.code === 'RIGHTS') return errorAnswer(error)
    const { code, text } = faultOf(error)
    return { status: 200, type: XML_TYPE, body: encodeFault(code, text) }
  }
}

function contextOf({ api, request, machine }: Call): RpcContext {
  return {
    ...machine,
    api,
    caller: request.caller,
    gone: () => request.gone(),
    processes: () => processesOf({ api }),
  }
}

export function processesOf({ api }: Pick<Call, 'api'>): NamedProcess[] {
  return namedProcesses(api.status({ names: [] }).services, groupFinder(api.groups()))
}
