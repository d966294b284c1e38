import type { RpcCall, RpcValue } from './rpc-value.ts'
import { type XmlCursor, XmlProblem, xmlCursor } from './xml-cursor.ts'

/** Values in values. supervisor's own calls need four: an array of structs with an array of values. */
const MAX_DEPTH = 24
/** Values of a call, all together. */
const MAX_VALUES = 20_000
const MAX_NAME = 255
const MAX_INT = 2 ** 31 - 1

/**
 * A `methodCall` of XML-RPC (xmlrpc.com/spec.md), with `i8` beside its types; `nil` is refused.
 *
 * @throws XmlProblem for everything else
 */
export function decodeCall(source: string): RpcCall {
  const cursor = xmlCursor(source)
  cursor.skip()
  begin(cursor, 'methodCall')
  begin(cursor, 'methodName')
  const method = cursor.text().trim()
  cursor.close('methodName')
  if (method === '' || method.length > MAX_NAME) throw new XmlProblem('no name of a method')
  const params = paramsOf(cursor)
  end(cursor, 'methodCall')
  cursor.skip()
  if (!cursor.atEnd()) throw new XmlProblem('something after the call')
  return { method, params }
}

function paramsOf(cursor: XmlCursor): RpcValue[] {
  const params: RpcValue[] = []
  cursor.skip()
  // A call without parameters may leave them out.
  if (!cursor.atOpen() || !begin(cursor, 'params')) return params
  const budget = { left: MAX_VALUES }
  for (cursor.skip(); cursor.atOpen(); cursor.skip()) {
    if (!begin(cursor, 'param')) throw new XmlProblem('a parameter without a value')
    params.push(readValue(cursor, MAX_DEPTH, budget))
    end(cursor, 'param')
  }
  end(cursor, 'params')
  return params
}

function readValue(cursor: XmlCursor, depth: number, budget: { left: number }): RpcValue {
  if (depth === 0) throw new XmlProblem(`values in values, deeper than ${MAX_DEPTH}`)
  budget.left -= 1
  if (budget.left < 0) throw new XmlProblem(`more than ${MAX_VALUES} values`)
  if (!begin(cursor, 'value')) return ''
  const text = cursor.text()
  // Without the element of a type it is a text.
  if (!cursor.atOpen()) {
    cursor.close('value')
    return text
  }
  if (text.trim() !== '') throw new XmlProblem('text beside the element of a type')
  const { name, empty } = cursor.open()
  const value = typed(cursor, name, empty, depth, budget)
  if (!empty) end(cursor, name)
  end(cursor, 'value')
  return value
}

function typed(
  cursor: XmlCursor,
  type: string,
  empty: boolean,
  depth: number,
  budget: { left: number },
): RpcValue {
  if (type === 'array') {
    const list: RpcValue[] = []
    if (empty) throw new XmlProblem('an array without its data')
    if (!begin(cursor, 'data')) return list
    for (cursor.skip(); cursor.atOpen(); cursor.skip()) {
      list.push(readValue(cursor, depth - 1, budget))
    }
    end(cursor, 'data')
    return list
  }
  if (type === 'struct') {
    const members = new Map<string, RpcValue>()
    if (empty) return members
    for (cursor.skip(); cursor.atOpen(); cursor.skip()) {
      if (!begin(cursor, 'member') || !begin(cursor, 'name')) throw new XmlProblem('no member')
      const name = cursor.text()
      cursor.close('name')
      members.set(name, readValue(cursor, depth - 1, budget))
      end(cursor, 'member')
    }
    return members
  }
  return scalarOf(type, empty ? '' : cursor.text())
}

function scalarOf(type: string, text: string): RpcValue {
  const word = text.trim()
  switch (type) {
    case 'string':
      return text
    case 'int':
    case 'i4':
    case 'i8': {
      const number = /^[+-]?\d{1,16}$/.test(word) ? Number(word) : Number.NaN
      const most = type === 'i8' ? Number.MAX_SAFE_INTEGER : MAX_INT
      if (number <= most && number >= -most - (type === 'i8' ? 0 : 1)) return number
      break
    }
    case 'boolean':
      if (word === '0' || word === '1') return word === '1'
      break
    case 'double':
      if (/^[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,3})?$/.test(word)) {
        const number = Number(word)
        if (Number.isFinite(number)) return number
      }
      break
    case 'dateTime.iso8601':
      if (/^\d{4}-?\d\d-?\d\dT\d\d:?\d\d:?\d\d$/.test(word)) return word
      break
    case 'base64': {
      const letters = text.replace(/\s/g, '')
      if (/^[A-Za-z0-9+/]*={0,2}$/.test(letters) && letters.length % 4 === 0) {
        return Buffer.from(letters, 'base64').toString('utf8')
      }
      break
    }
    default:
      throw new XmlProblem(`the type ${type} is not one of XML-RPC`)
  }
  throw new XmlProblem(`no value of the type ${type}`)
}

/** Passes over white space and the opening tag. @returns false for an empty element */
function begin(cursor: XmlCursor, name: string): boolean {
  cursor.skip()
  const tag = cursor.open()
  if (tag.name !== name) throw new XmlProblem(`<${tag.name}> where <${name}> has to be`)
  return !tag.empty
}

function end(cursor: XmlCursor, name: string): void {
  cursor.skip()
  cursor.close(name)
}
