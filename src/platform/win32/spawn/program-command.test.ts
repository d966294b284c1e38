import { describe, expect, test } from 'vitest'
import { batchCommandLine, programCommandLine } from './program-command.ts'

describe('the command line of a program', () => {
  test.each([
    [['a.exe'], '"a.exe"'],
    [['C:\\Program Files\\a.exe', 'b'], '"C:\\Program Files\\a.exe" b'],
    [['a', ''], '"a" ""'],
    [['a', 'b c'], '"a" "b c"'],
    [['a', 'b\tc'], '"a" "b\tc"'],
    [['a', 'say "x"'], '"a" "say \\"x\\""'],
    [['a', '"'], '"a" "\\""'],
    [['a', 'a\\b'], '"a" a\\b'],
    [['a', 'end\\'], '"a" end\\'],
    [['a', 'blank end\\'], '"a" "blank end\\\\"'],
    [['a', 'a\\"b'], '"a" "a\\\\\\"b"'],
    [['a', '%PATH%', '&', '^', '守護'], '"a" %PATH% & ^ 守護'],
  ])('%j', (args, line) => {
    expect(programCommandLine(args)).toBe(line)
  })

  test('refuses a quote in the name, a NUL, and what is too long', () => {
    expect(programCommandLine(['a"b'])).toMatchObject({ errno: 'EINVAL' })
    expect(programCommandLine(['a', 'b\0'])).toMatchObject({ errno: 'EINVAL' })
    expect(programCommandLine(['a', 'x'.repeat(32_762)])).toHaveLength(32_766)
    expect(programCommandLine(['a', 'x'.repeat(32_763)])).toMatchObject({ errno: 'E2BIG' })
  })
})

describe('the command line of a batch file', () => {
  const line = (...args: string[]) => batchCommandLine('C:\\W\\cmd.exe', 'C:\\a b\\run.bat', args)
  const inside = (text: string): string => `"C:\\W\\cmd.exe" /d /e:on /v:off /s /c "${text}"`

  test.each([
    [[], '"C:\\a b\\run.bat"'],
    [['x', 'a b'], '"C:\\a b\\run.bat" "x" "a b"'],
    // CVE-2024-24576: what would end the quotes and begin a command.
    [['"&calc.exe'], '"C:\\a b\\run.bat" """&calc.exe"'],
    [['%PATH%'], '"C:\\a b\\run.bat" "%%cd:~,%PATH%%cd:~,%"'],
    [['end\\'], '"C:\\a b\\run.bat" "end\\\\"'],
    [['a\\"b'], '"C:\\a b\\run.bat" "a\\\\""b"'],
    [[''], '"C:\\a b\\run.bat" ""'],
  ])('%j', (args, text) => {
    expect(line(...args)).toBe(inside(text))
  })

  test('never has an odd number of quotes before a character that means something to cmd.exe', () => {
    const text = line('"&"', '""&', '\\"|', '"\\"&', '^"<') as string
    // Within the quotes around all, which /s takes away.
    const words = text.slice(text.indexOf('/c "') + 4, -1)
    for (const [at, character] of [...words].entries()) {
      if (!'&|<>^()'.includes(character)) continue
      expect([...words.slice(0, at)].filter((one) => one === '"').length % 2).toBe(1)
    }
  })

  test('refuses a line break and a NUL, which no quoting carries through', () => {
    for (const bad of ['a\nb', 'a\r', 'a\0']) {
      expect(line(bad)).toMatchObject({ errno: 'EINVAL' })
    }
    expect(line('x'.repeat(8_200))).toMatchObject({ errno: 'E2BIG' })
  })
})
