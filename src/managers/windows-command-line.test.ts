import { describe, expect, test } from 'vitest'
import { expandVariables, splitCommandLine } from '../../test/fakes/windows-command-line.ts'
import { commandLine, fileProblem, quoteArgument } from './windows-command-line.ts'

const FILE = 'C:\\Program Files\\node js\\node.exe'
const VARIABLES = { PATH: 'C:\\bin', A: 'expanded', 'B C': 'expanded', '': 'expanded' }

const HOSTILE = [
  '',
  ' ',
  'plain',
  'two words',
  '\t tabs\tand blanks ',
  'say "hi"',
  '"',
  '""',
  '\\',
  '\\\\',
  'C:\\Program Files\\',
  'ends with \\"',
  '\\" begins',
  'a\\\\"b\\\\',
  '%PATH%',
  '%%',
  '%',
  '100%',
  '%A%%A%',
  '%B C%',
  'x\\%A%\\y',
  '"%A%"',
  '%"A"%',
  '% A %',
  '%\\A\\%',
  'a;b&c|d>e<f^g(h)',
  '$HOME `x` !x!',
  'line\nbreak\r\nbreak',
  'Größe 漢字 😀',
  "it's",
  '--',
  '/?',
  '*.*',
]

describe('P09 a command line for Windows', () => {
  test.each(HOSTILE.map((argument) => [argument]))('carries %j exactly', (argument) => {
    const line = commandLine(FILE, ['before', argument, 'after'])
    expect(splitCommandLine(expandVariables(line, VARIABLES))).toEqual([
      FILE,
      'before',
      argument,
      'after',
    ])
  })

  test('carries all of them at once', () => {
    const line = commandLine(FILE, HOSTILE)
    expect(splitCommandLine(expandVariables(line, VARIABLES))).toEqual([FILE, ...HOSTILE])
  })

  test('carries every short text over the characters that matter', () => {
    const characters = ['"', '\\', '%', ' ', 'A']
    const texts = Array.from({ length: 5 ** 5 }, (_, number) =>
      Array.from({ length: 5 }, (_, digit) => characters[Math.floor(number / 5 ** digit) % 5]).join(
        '',
      ),
    )
    const line = commandLine(FILE, texts)
    expect(splitCommandLine(expandVariables(line, VARIABLES))).toEqual([FILE, ...texts])
  })

  test('leaves what needs no quotes as it is', () => {
    expect(quoteArgument('--port=8080')).toBe('--port=8080')
    expect(quoteArgument('C:\\app\\server.js')).toBe('C:\\app\\server.js')
  })

  test('quotes the executable always', () => {
    expect(commandLine('C:\\a.exe', [])).toBe('"C:\\a.exe"')
  })
})

describe('the path of an executable', () => {
  test.each(['C:\\a b\\c.exe', 'C:\\100%\\a.exe'])('%s is fine', (file) => {
    expect(fileProblem(file)).toBeNull()
    expect(splitCommandLine(expandVariables(commandLine(file, ['%A%']), VARIABLES))[0]).toBe(file)
  })

  test('with %NAME% is refused, for the SCM replaces it', () => {
    expect(fileProblem('C:\\%A%\\a.exe')).toContain('%NAME%')
  })

  test('with a quote is refused', () => {
    expect(fileProblem('C:\\a"b.exe')).toContain('quote')
  })
})
