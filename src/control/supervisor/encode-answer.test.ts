import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { decodeCall } from './decode-call.ts'
import { encodeAnswer, encodeFault, xmlText } from './encode-answer.ts'
import type { RpcResult } from './rpc-value.ts'

const PYTHON = '/usr/bin/python3'
const READ =
  'import sys, json, xmlrpc.client as x\ntry: print(json.dumps(x.loads(sys.stdin.buffer.read())[0][0]))\nexcept x.Fault as f: print(json.dumps([f.faultCode, f.faultString]))'

/** What Python's client, which supervisorctl uses, makes of an answer. */
function read(answer: string): unknown {
  return JSON.parse(execFileSync(PYTHON, ['-c', READ], { input: answer, encoding: 'utf8' }))
}

describe.skipIf(!existsSync(PYTHON))('Python reads', () => {
  const values: RpcResult = [
    0,
    -1,
    2147483647,
    -2147483648,
    2147483648,
    Number.MAX_SAFE_INTEGER,
    1.5,
    true,
    false,
    '',
    ' a & <b> ]]> "c" \'d\'\r\n\té 😀',
    [],
    {},
    [[{ a: [1, { b: 'c' }] }]],
    { '': 'no name', __proto: '<&>' },
  ]
  test('every kind of value', () => {
    expect(read(encodeAnswer(values))).toEqual(values)
  })

  test('a fault', () => {
    expect(read(encodeFault(10, 'BAD_NAME: <x>'))).toEqual([10, 'BAD_NAME: <x>'])
  })

  test('whatever a program has printed', () => {
    const output = '\u001b[1;32mINFO\u001b[0m ready\u0007\0 \uFFFE \ud800 end\n'
    expect(read(encodeAnswer(output))).toBe('INFO ready\uFFFD\uFFFD \uFFFD \uFFFD end\n')
  })
})

test('what is written can be read again', () => {
  for (const text of ['a & <b> ]]>\r\n', '\t 😀 ', '&amp;']) {
    const call = `<methodCall><methodName>m</methodName><params><param><value>${xmlText(text)}</value></param></params></methodCall>`
    expect(decodeCall(call).params).toEqual([text])
  }
})
