import { describe, expect, test } from 'vitest'
import { buildProgram } from './program.ts'

describe('the overview of the command line', () => {
  const program = buildProgram({ rest: [], all: false, exit: () => {} })
  const overview = program.helpInformation()
  const verbs = program.commands.map((command) => command.name()).filter((name) => name !== 'names')

  test.each(verbs)('names %s', (verb) => {
    expect(overview).toMatch(new RegExp(`^  ([a-z]+, )*${verb}\\b`, 'm'))
  })

  test('fits a terminal of 80 by 24, the question and the next prompt with it', () => {
    const lines = overview.trimEnd().split('\n')
    expect(lines.filter((line) => line.length > 80)).toEqual([])
    expect(lines.length).toBeLessThanOrEqual(22)
  })

  test('names nothing that there is not', () => {
    const named = [...overview.matchAll(/^ {2}((?:[a-z]+, )*[a-z]+)(?: {2}|$)/gm)]
    const words = named.flatMap(([, list]) => (list as string).split(', '))
    expect(words.length).toBeGreaterThan(20)
    expect(words.filter((word) => !verbs.includes(word))).toEqual([])
  })
})
