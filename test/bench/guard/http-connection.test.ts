import { expect, test } from 'vitest'
import { completeBody } from './http-connection.ts'

const answer = (text: string): Buffer[] => [Buffer.from(text)]

test('a body is complete when its length is there', () => {
  const head = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n'
  expect(completeBody([])).toBeNull()
  expect(completeBody(answer('HTTP/1.1 200 OK\r\nContent-Le'))).toBeNull()
  expect(completeBody(answer(`${head}abc`))).toBeNull()
  expect(completeBody([...answer(`${head}abc`), ...answer('d')])).toBe('abcd')
})

test('a chunked body is complete with its last chunk', () => {
  const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n'
  expect(completeBody(answer(head))).toBeNull()
  expect(completeBody(answer(`${head}0\r\n\r\n`))).toContain('ab')
})

test('an answer that is no success is an error', () => {
  const body = completeBody(answer('HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno'))
  expect(body).toBeInstanceOf(Error)
  expect(String(body)).toContain('404 Not Found: no')
})
