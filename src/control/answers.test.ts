import { expect, test } from 'vitest'
import { errorFrom, errorTable, SteadError, type ToldError } from '../errors.ts'
import { errorAnswer } from './answers.ts'

const bodyOf = (answer: ReturnType<typeof errorAnswer>): { error: ToldError } =>
  JSON.parse('body' in answer ? answer.body : '') as { error: ToldError }

test('an error is the same on the other side: code, message, hint, exit code', () => {
  const error = new SteadError('NOT_INSTALLED', { name: 'x"y', manager: 'the guard of shop' })
  const again = errorFrom(bodyOf(errorAnswer(error)).error)
  expect(again).toBeInstanceOf(SteadError)
  expect(again).toMatchObject({
    code: 'NOT_INSTALLED',
    message: error.message,
    hint: error.hint,
    exit: 5,
  })
})

test('an error that a newer guard has keeps its words', () => {
  const told = { code: 'FROM_THE_FUTURE', message: 'what it says', hint: 'what helps' }
  expect(errorFrom(told)).toMatchObject({
    code: 'INTERNAL',
    message: 'what it says',
    hint: 'what helps',
  })
})

test('what is no error of ours is a defect, and its stack stays here', () => {
  const answer = errorAnswer(new TypeError('x is not a function'))
  expect(answer.status).toBe(500)
  expect(bodyOf(answer).error).toEqual({
    code: 'INTERNAL',
    message: 'a defect in stead: x is not a function',
    hint: errorTable.INTERNAL.hint({ detail: '' }),
  })
})

test.each([
  [new SteadError('NOT_INSTALLED', { name: 'x', manager: 'm' }), 404],
  [new SteadError('RIGHTS', { action: 'a', right: 'r', remedy: 'm' }), 403],
  [new SteadError('NOT_RUNNING', { name: 'x', action: 'reload' }), 409],
  [new SteadError('SPEC_INVALID', { source: 'f', problems: [] }), 400],
  [new SteadError('REQUEST_TOO_LARGE', { limit: '1 MiB' }), 413],
  [new SteadError('START_FAILED', { name: 'x', reason: 'r' }), 500],
])('%s has the HTTP status %i', (error, status) => {
  expect(errorAnswer(error).status).toBe(status)
})
