import { PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { askPassword, pipedPassword } from './password-prompt.ts'

/** What is asked, what is shown, and in which modes the terminal is while keys are typed. */
async function typing(...keys: (string | Buffer)[]) {
  const input = Object.assign(new PassThrough(), {
    isTTY: true,
    modes: [] as boolean[],
    setRawMode(raw: boolean) {
      input.modes.push(raw)
    },
  })
  let shown = ''
  const asked = askPassword(
    input,
    (text) => {
      shown += text
    },
    'Password: ',
  )
  for (const key of keys) input.write(key)
  input.end()
  return { password: await asked, shown, modes: input.modes }
}

describe('a password at a terminal', () => {
  test('is not shown, and the terminal is as it was afterwards', async () => {
    expect(await typing('hun', 'ter2', '\r')).toEqual({
      password: 'hunter2',
      shown: 'Password: \n',
      modes: [true, false],
    })
  })

  test.each<[string, (string | Buffer)[], string | null]>([
    ['corrected', ['hunx\u007fter\b\b\b', 'ter2\n'], 'hunter2'],
    ['begun anew', ['wrong\u0015right\r'], 'right'],
    ['of any characters', [' ü读😀"%\\ \r'], ' ü读😀"%\\ '],
    [
      'that comes in pieces',
      [Buffer.from('ü').subarray(0, 1), Buffer.from('ü').subarray(1), '\r'],
      'ü',
    ],
    ['without control characters', ['a\u001bb\r'], 'ab'],
    ['that is empty', ['\r'], ''],
    ['broken off', ['hun\u0003'], null],
    ['ended', ['\u0004'], null],
    ['that never ends', ['hun'], null],
  ])('may be one %s', async (_, keys, expected) => {
    expect((await typing(...keys)).password).toBe(expected)
  })
})

describe('a password on a pipe', () => {
  const piped = async (...parts: (string | Buffer)[]): Promise<string | null> => {
    const input = new PassThrough()
    for (const part of parts) input.write(part)
    input.end()
    return pipedPassword(input)
  }

  test.each<[(string | Buffer)[], string | null]>([
    [['hunter2\n'], 'hunter2'],
    [['hunter2'], 'hunter2'],
    [['hunter2\r\n'], 'hunter2'],
    [['hun', 'ter2'], 'hunter2'],
    [['\ufeffhunter2\r\n'], 'hunter2'],
    [['  blanks  \n'], '  blanks  '],
    [[Buffer.from('读').subarray(0, 2), Buffer.from('读').subarray(2)], '读'],
    [[''], ''],
    [['two\nlines\n'], null],
    [['a\n\n'], null],
    [['x'.repeat(100_000)], null],
  ])('%j', async (parts, expected) => {
    expect(await piped(...parts)).toBe(expected)
  })
})
