import { type XmlCursor, xmlCursor } from '../../src/control/supervisor/xml-cursor.ts'

export type Response =
  | { readonly value: unknown }
  | { readonly fault: number; readonly text: string }

/**
 * Reads a `methodResponse` as a client does; throws for whatever is none. Python's client reads the
 * same answers in other tests, so that this reader cannot be wrong in the same way as the writer.
 */
export function readResponse(xml: string): Response {
  const cursor = xmlCursor(xml)
  begin(cursor, 'methodResponse')
  cursor.skip()
  const { name } = cursor.open()
  if (name === 'fault') {
    const { faultCode, faultString } = readValue(cursor) as Record<string, unknown>
    end(cursor, 'fault', 'methodResponse')
    if (!Number.isInteger(faultCode) || typeof faultString !== 'string') throw new Error(xml)
    return { fault: faultCode as number, text: faultString }
  }
  if (name !== 'params') throw new Error(`<${name}>`)
  begin(cursor, 'param')
  const value = readValue(cursor)
  end(cursor, 'param', 'params', 'methodResponse')
  cursor.skip()
  if (!cursor.atEnd()) throw new Error('more than an answer')
  return { value }
}

function readValue(cursor: XmlCursor): unknown {
  begin(cursor, 'value')
  const { name } = cursor.open()
  let value: unknown
  if (name === 'array') {
    const list: unknown[] = []
    begin(cursor, 'data')
    for (cursor.skip(); cursor.atOpen(); cursor.skip()) list.push(readValue(cursor))
    end(cursor, 'data')
    value = list
  } else if (name === 'struct') {
    const members: Record<string, unknown> = {}
    for (cursor.skip(); cursor.atOpen(); cursor.skip()) {
      begin(cursor, 'member')
      begin(cursor, 'name')
      const key = cursor.text()
      cursor.close('name')
      members[key] = readValue(cursor)
      end(cursor, 'member')
    }
    value = members
  } else {
    const text = cursor.text()
    if (name === 'string') value = text
    else if (name === 'boolean') value = text === '1'
    else if (['int', 'i8', 'double'].includes(name) && text !== '') value = Number(text)
    else throw new Error(`<${name}>${text}`)
  }
  end(cursor, name, 'value')
  return value
}

function begin(cursor: XmlCursor, name: string): void {
  cursor.skip()
  const tag = cursor.open()
  if (tag.name !== name || tag.empty) throw new Error(`<${tag.name}> where <${name}> has to be`)
}

function end(cursor: XmlCursor, ...names: readonly string[]): void {
  for (const name of names) {
    cursor.skip()
    cursor.close(name)
  }
}
