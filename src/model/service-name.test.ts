import { describe, expect, test } from 'vitest'
import { nameProblem, serviceName } from './service-name.ts'

describe('a good name', () => {
  test.each([
    'web',
    'Web_1',
    'com.example.app',
    '9lives',
    'a',
    'x'.repeat(80),
    'a-b.c_d',
    'console',
  ])('%s is taken as it is', (name) => expect(serviceName(name)).toBe(name))
})

describe('a bad name is refused with its reason:', () => {
  test.each([
    ['', 'empty'],
    ['../etc/passwd', 'path separator'],
    ['a/b', 'path separator'],
    ['a\\b', 'path separator'],
    ['..', '".."'],
    ['a..b', '".."'],
    ['my app', 'blank'],
    ['tab\tbed', 'blank'],
    ['dienst-ü', 'ASCII'],
    ['服务', 'ASCII'],
    ['x'.repeat(300), '300 characters'],
    ['-rf', 'begin'],
    ['.hidden', 'begin'],
    ['web.', 'ends with "."'],
    ['con', 'Windows'],
    ['NUL.txt', 'Windows'],
    ['com1', 'Windows'],
    ['web.service', 'systemd unit'],
    ['a@b', '"@"'],
    ['a%b', '"%"'],
    ['a$b', '"$"'],
    ['a\u0000b', '\\u0000'],
    ['a;b', '";"'],
  ])('%j', (name, reason) => expect(nameProblem(name)).toContain(reason))

  test('with the code NAME_INVALID and a hint', () => {
    expect(() => serviceName('a b')).toThrow(
      expect.objectContaining({ code: 'NAME_INVALID', hint: expect.stringContaining('letters') }),
    )
  })
})
