import { describe, expect, test } from 'vitest'
import {
  argumentProblem,
  directoryPath,
  environmentAssignment,
  environmentProblem,
  execLine,
  executableProblem,
  fileAsPattern,
  pathProblem,
  pathWord,
  plainText,
  plainTextProblem,
} from './quoting.ts'

describe('an Exec line', () => {
  test.each([
    ['plain', 'plain'],
    ['--port=8080', '--port=8080'],
    ['', '""'],
    [' ', '" "'],
    ['a b', '"a b"'],
    ['"', '"\\""'],
    ["it's", '"it\'s"'],
    ['\\', '"\\\\"'],
    ['ends\\', '"ends\\\\"'],
    ['\\n', '"\\\\n"'],
    ['a\nb', '"a\\nb"'],
    ['a\tb', '"a\\tb"'],
    ['a\rb', '"a\\rb"'],
    ['\u0001', '"\\x01"'],
    ['\u001b[31m', '"\\x1b[31m"'],
    ['\u007f', '"\\x7f"'],
    [';', '";"'],
    ['a;b', '"a;b"'],
    ['%', '"%%"'],
    ['%n', '"%%n"'],
    ['100%%', '"100%%%%"'],
    ['$HOME', '"$$HOME"'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: systemd would replace it
    ['${HOME}', '"$${HOME}"'],
    ['$$', '"$$$$"'],
    ['#x', '"#x"'],
    ['grüße', '"grüße"'],
    ['🚀', '"🚀"'],
    ['|', '"|"'],
    ['~', '"~"'],
    ['{a,b}', '"{a,b}"'],
    ['*', '"*"'],
    ['`id`', '"`id`"'],
  ])('carries %j as %s', (argument, expected) => {
    expect(execLine('/bin/a', [argument])).toBe(`/bin/a ${expected}`)
  })

  test('quotes the executable', () => {
    expect(execLine('/opt/a b/%h', ['x'])).toBe('"/opt/a b/%%h" x')
  })

  test('turns variables off where the path of the executable holds a dollar', () => {
    expect(execLine('/opt/$x', ['$HOME', '%'])).toBe(':"/opt/$x" "$HOME" "%%"')
  })

  test('is one line, whatever it carries', () => {
    expect(execLine('/bin/a', ['\n', '\r\n', 'a\n\nb'])).not.toContain('\n')
  })
})

describe('an assignment of the environment', () => {
  test.each([
    ['A', 'b', 'A=b'],
    ['A', '', 'A='],
    ['A', 'a b', '"A=a b"'],
    ['A', '$HOME', '"A=$HOME"'],
    ['A', '%n', '"A=%%n"'],
    ['A', '"q"', '"A=\\"q\\""'],
    ['A', 'x\\', '"A=x\\\\"'],
    ['A', 'x\ny\tz', '"A=x\\ny\\tz"'],
    ['A', 'a=b', 'A=a=b'],
    ['A', "'", '"A=\'"'],
  ])('%s=%j is %s', (name, value, expected) => {
    expect(environmentAssignment(name, value)).toBe(expected)
  })
})

describe('settings that are not unquoted', () => {
  test.each([
    ['a  b\n\tc', 'a b c'],
    ['  around  ', 'around'],
    ['50%', '50%%'],
    ['ends\\', 'ends\\ '],
    ['"quoted"', '"quoted"'],
    ['', ''],
  ])('text %j is %j', (text, expected) => {
    expect(plainText(text)).toBe(expected)
  })

  test.each([
    ['/srv/a b', '/srv/a b'],
    ['/srv/blank ', '/srv/blank /'],
    ['/srv/back\\', '/srv/back\\/'],
    ['/srv/%h', '/srv/%%h'],
    ['/srv/$HOME', '/srv/$HOME'],
  ])('directory %j is %j', (path, expected) => {
    expect(directoryPath(path)).toBe(expected)
  })

  test.each([
    ['/etc/a b.env', '/etc/a b.env'],
    ['/etc/*.env', '/etc/[*].env'],
    ['/etc/a?[b]', '/etc/a[?][[]b]'],
    ['/etc/%n', '/etc/%%n'],
    ['/etc/blank ', '/etc/blank[ ]'],
    ['/etc/a\\b', '/etc/a\\\\b'],
    ['/etc/back\\', '/etc/back[\\\\]'],
  ])('file %j is the pattern %j', (path, expected) => {
    expect(fileAsPattern(path)).toBe(expected)
  })

  test('a word in a list of paths is quoted', () => {
    expect(pathWord('-/srv/a b')).toBe('"-/srv/a b"')
  })
})

describe('what systemd cannot carry is told', () => {
  test.each([
    ['an argument with NUL', argumentProblem('a\0b'), /NUL/],
    ['half a surrogate pair', argumentProblem('\ud800'), /surrogate/],
    ['a noncharacter', argumentProblem('\ufffe'), /U\+FFFE/],
    ['a noncharacter of plane 16', argumentProblem('\u{10ffff}'), /U\+10FFFF/],
    ['a quote in the executable', executableProblem('/bin/"'), /path of an executable/],
    ['an apostrophe in the executable', executableProblem("/bin/it's"), /path of an executable/],
    ['a backslash in the executable', executableProblem('/bin/a\\b'), /path of an executable/],
    ['a newline in the executable', executableProblem('/bin/a\nb'), /path of an executable/],
    ['a variable with a dot', environmentProblem('a.b', ''), /name of a variable/],
    ['a variable with a digit first', environmentProblem('1A', ''), /name of a variable/],
    ['a variable without a name', environmentProblem('', ''), /name of a variable/],
    ['a variable that is not ASCII', environmentProblem('Ä', ''), /name of a variable/],
    ['a carriage return in a variable', environmentProblem('A', '\r'), /control character/],
    ['an escape in a variable', environmentProblem('A', '\u001b'), /control character/],
    ['DEL in a variable', environmentProblem('A', '\u007f'), /control character/],
    ['NUL in a variable', environmentProblem('A', '\0'), /control character/],
    ['a newline in a path', pathProblem('/a\nb'), /without quotes/],
    ['an escape in a description', plainTextProblem('\u001b[0m'), /terminals/],
  ])('%s', (_, problem, expected) => {
    expect(problem).toMatch(expected)
  })

  test.each([
    ['an argument with a newline and an escape', argumentProblem('\n\u001b')],
    ['an executable with blanks, dollars and percents', executableProblem('/a b/$c/%d;')],
    ['a variable with a tab and a newline', environmentProblem('_A1', '\t\n"\'\\$%')],
    ['a path with blanks and patterns', pathProblem('/a b/*?[c]\\ ')],
    ['a description of several lines', plainTextProblem('a\r\n\tb')],
  ])('and what it can, is not: %s', (_, problem) => {
    expect(problem).toBeNull()
  })
})
