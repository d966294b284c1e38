import type { ReadFilePiece } from '../../model/ports/file-pieces.ts'
import type { Caller, GuardApi } from '../../model/ports/guard-api.ts'
import { RpcFault } from './faults.ts'
import type { NamedProcess } from './process-names.ts'
import type { RpcResult, RpcValue } from './rpc-value.ts'

/** What the methods need of the machine. */
export interface RpcMachine {
  readonly readPiece: ReadFilePiece
  readonly now: () => Date
  /** Numbers of signals by their names, as this system has them. */
  readonly signals: Readonly<Record<string, number>>
}

/** What a method has at hand: the guard as its caller may use it. */
export interface RpcContext extends RpcMachine {
  readonly api: GuardApi
  readonly caller: Caller
  /** All that the caller sees, in the order that supervisor lists them. */
  readonly processes: () => readonly NamedProcess[]
  /** Aborted when nobody waits for the answer any more. */
  readonly gone: () => AbortSignal
}

/** Checked before a method sees them; `signal` is a name or a number, as a text. */
interface ParamValues {
  string: string
  int: number
  boolean: boolean
  signal: string
  array: readonly RpcValue[]
}

type ParamType = keyof ParamValues

export interface RpcMethod {
  readonly help: string
  readonly returns: 'string' | 'int' | 'boolean' | 'array' | 'struct'
  /** In order; those that may be left out come last. */
  readonly params: readonly ParamType[]
  readonly optional: number
  readonly run: (
    context: RpcContext,
    checked: readonly RpcValue[],
  ) => RpcResult | Promise<RpcResult>
}

type ValuesOf<P extends readonly ParamType[]> = { -readonly [K in keyof P]: ParamValues[P[K]] }

/** A method whose parameters have the types that are named. */
export function method<const P extends readonly ParamType[]>(
  returns: RpcMethod['returns'],
  params: P,
  help: string,
  run: (context: RpcContext, ...params: ValuesOf<P>) => RpcResult | Promise<RpcResult>,
): RpcMethod {
  return {
    help,
    returns,
    params,
    optional: 0,
    run: (context, checked) => run(context, ...(checked as unknown as ValuesOf<P>)),
  }
}

/** One whose last parameter is whether to wait, and is true where it is left out. */
export function waitingMethod<const P extends readonly ParamType[]>(
  returns: RpcMethod['returns'],
  params: P,
  help: string,
  run: (
    context: RpcContext,
    wait: boolean,
    ...params: ValuesOf<P>
  ) => RpcResult | Promise<RpcResult>,
): RpcMethod {
  const count = params.length
  return {
    help,
    returns,
    params: [...params, 'boolean'],
    optional: 1,
    run: (context, checked) =>
      run(
        context,
        checked[count] !== false,
        ...(checked.slice(0, count) as unknown as ValuesOf<P>),
      ),
  }
}

/** @throws RpcFault INCORRECT_PARAMETERS */
export async function callMethod(
  { params, optional, run }: RpcMethod,
  context: RpcContext,
  given: readonly RpcValue[],
): Promise<RpcResult> {
  if (given.length > params.length || given.length < params.length - optional) {
    throw new RpcFault('INCORRECT_PARAMETERS')
  }
  const checked = given.map((value, index) => checkedParam(params[index] as ParamType, value))
  return run(context, checked)
}

/** Numbers may come as texts and truth as a number, as clients send them to supervisor. */
function checkedParam(type: ParamType, value: RpcValue): RpcValue {
  switch (type) {
    case 'string':
      if (typeof value === 'string') return value
      break
    case 'signal':
      if (typeof value === 'string' || typeof value === 'number') return String(value)
      break
    case 'int': {
      const isNumber = typeof value === 'string' && /^\s*[+-]?\d{1,15}\s*$/.test(value)
      const number = isNumber ? Number(value) : value
      if (typeof number === 'number' && Number.isSafeInteger(number)) return number
      break
    }
    case 'boolean':
      if (typeof value === 'boolean') return value
      if (value === 0 || value === 1) return value === 1
      break
    case 'array':
      if (Array.isArray(value)) return value
  }
  throw new RpcFault('INCORRECT_PARAMETERS')
}
