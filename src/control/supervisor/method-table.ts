import { isSteadError } from '../../errors.ts'
import { FAULTS, RpcFault } from './faults.ts'
import { GUARD_METHODS } from './guard-methods.ts'
import { LOG_METHODS } from './log-methods.ts'
import { callMethod, method, type RpcContext, type RpcMethod } from './method.ts'
import { PROGRAM_METHODS } from './program-methods.ts'
import type { RpcResult, RpcValue } from './rpc-value.ts'

/** Calls of one `system.multicall`. */
const MAX_CALLS = 1_000
/** Characters of all its answers together; what comes after is refused. */
const MAX_ANSWERS = 8 * 1024 * 1024

const SUPERVISOR_METHODS: Readonly<Record<string, RpcMethod>> = {
  ...GUARD_METHODS,
  ...PROGRAM_METHODS,
  ...LOG_METHODS,
  clearProcessLog: PROGRAM_METHODS.clearProcessLogs as RpcMethod,
}

const SYSTEM_METHODS: Readonly<Record<string, RpcMethod>> = {
  listMethods: method('array', [], 'The names of all methods.', () => [...METHODS.keys()].sort()),
  methodHelp: method(
    'string',
    ['string'],
    'What a method does, in words.',
    (_, name) => known(name, 'SIGNATURE_UNSUPPORTED').help,
  ),
  methodSignature: method(
    'array',
    ['string'],
    'The type of what a method returns, and those of its parameters.',
    (_, name) => {
      const { returns, params } = known(name, 'SIGNATURE_UNSUPPORTED')
      return [returns, ...params.map((type) => (type === 'signal' ? 'string' : type))]
    },
  ),
  multicall: method(
    'array',
    ['array'],
    'Carries out calls, structs of methodName and params, one after the other; an array of one result, or a struct of faultCode and faultString, for each.',
    multicall,
  ),
}

const METHODS: ReadonlyMap<string, RpcMethod> = new Map([
  ...Object.entries(SUPERVISOR_METHODS).map(([name, of]) => [`supervisor.${name}`, of] as const),
  ...Object.entries(SYSTEM_METHODS).map(([name, of]) => [`system.${name}`, of] as const),
])

/**
 * Carries out one call.
 *
 * @throws RpcFault, and what the guard throws
 */
export function callNamed(
  context: RpcContext,
  name: string,
  params: readonly RpcValue[],
): Promise<RpcResult> {
  return callMethod(known(name, 'UNKNOWN_METHOD'), context, params)
}

function known(name: string, otherwise: 'UNKNOWN_METHOD' | 'SIGNATURE_UNSUPPORTED'): RpcMethod {
  const found = METHODS.get(name)
  if (found === undefined) throw new RpcFault(otherwise)
  return found
}

/** What went wrong, as a fault: by code where supervisor has one, else FAILED with the message. */
export function faultOf(error: unknown): { readonly code: number; readonly text: string } {
  if (error instanceof RpcFault) return { code: error.code, text: error.message }
  if (isSteadError(error)) {
    if (error.code === 'GUARD_ENDING') return faultOf(new RpcFault('SHUTDOWN_STATE'))
    // It went between the look at what there is and the verb.
    if (error.code === 'NOT_INSTALLED') return faultOf(new RpcFault('BAD_NAME', error.message))
  }
  const message = error instanceof Error ? error.message : String(error)
  return { code: FAULTS.FAILED, text: `FAILED: ${message}` }
}

async function multicall(context: RpcContext, calls: readonly RpcValue[]): Promise<RpcResult> {
  if (calls.length > MAX_CALLS) {
    throw new RpcFault('INCORRECT_PARAMETERS', `more than ${MAX_CALLS} calls`)
  }
  const answers: RpcResult[] = []
  let size = 0
  for (const call of calls) {
    // Nobody would read the rest.
    if (context.gone().aborted) break
    try {
      if (size > MAX_ANSWERS) throw new RpcFault('FAILED', 'the answers before are too large')
      const result = await oneOf(context, call)
      size += sizeOf(result)
      answers.push([result])
    } catch (error) {
      const { code, text } = faultOf(error)
      answers.push({ faultCode: code, faultString: text })
    }
  }
  return answers
}

async function oneOf(context: RpcContext, call: RpcValue): Promise<RpcResult> {
  if (!(call instanceof Map)) throw new RpcFault('INCORRECT_PARAMETERS', 'a call is a struct')
  const name: unknown = call.get('methodName')
  const params: unknown = call.get('params') ?? []
  if (typeof name !== 'string') throw new RpcFault('INCORRECT_PARAMETERS', 'No methodName')
  if (!Array.isArray(params)) throw new RpcFault('INCORRECT_PARAMETERS', 'params is an array')
  if (name === 'system.multicall') {
    throw new RpcFault('INCORRECT_PARAMETERS', 'Recursive system.multicall forbidden')
  }
  return callNamed(context, name, params)
}

function sizeOf(value: RpcResult): number {
  if (typeof value === 'string') return value.length + 40
  if (typeof value !== 'object') return 40
  return Object.values(value).reduce((sum: number, one: RpcResult) => sum + sizeOf(one), 40)
}
