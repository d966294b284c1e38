import { expect, test } from 'vitest'
import { parseGuardFile } from './guard-file.ts'

const read = (log: string) =>
  parseGuardFile({
    path: '/srv/stead.yaml',
    text: `defaults: { log: { encoding: gbk } }\nservices: { a: { command: a, log: ${log} } }\n`,
    env: {},
  }).services[0]?.log.encoding

test('an encoding is that of the service, or of defaults', () => {
  expect(read('{ format: raw }')).toBe('gbk')
  expect(read('{ encoding: utf-16le }')).toBe('utf-16le')
  expect(read('{ encoding: utf-8, format: direct }')).toBe('utf-8')
})

test.each([
  ['{ encoding: gbkk }', /log\.encoding/],
  ['{ format: direct }', /the program writes its log itself/],
  ['{ encoding: utf-16be, whenFull: drop }', /block can/],
])('%s is refused', (log, problem) => expect(() => read(log)).toThrow(problem))
