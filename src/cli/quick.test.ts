import { describe, expect, test } from 'vitest'
import { buildProgram } from './program.ts'
import { QUICK_VERBS, quickAction } from './quick.ts'

const program = buildProgram({ rest: [], all: true, exit: () => {} })

describe('the short way in', () => {
  test.each(Object.keys(QUICK_VERBS))(
    '%s has the options and the names of the whole command line',
    (name) => {
      const command = program.commands.find((one) => one.name() === name)
      const whole = command?.options.map((option) => ({
        long: option.long?.slice(2),
        short: option.short?.slice(1),
        type: option.required ? 'string' : 'boolean',
      }))
      const { options, names } = QUICK_VERBS[name] ?? { options: {}, names: 'none' }
      const quick = Object.entries(options).map(([long, { type, short }]) => ({
        long,
        short,
        type,
      }))
      const byName = (
        a: { long?: string | undefined },
        b: { long?: string | undefined },
      ): number => (String(a.long) < String(b.long) ? -1 : 1)
      expect(quick.sort(byName)).toEqual(whole?.sort(byName))
      const [argument] = command?.registeredArguments ?? []
      const taken = argument === undefined ? 'none' : argument.variadic ? 'many' : 'one'
      expect(taken).toBe(names)
    },
  )

  test.each([
    [['status', '--help']],
    [['status', 'web', '--jsom']],
    [['status', 'web', '--scope']],
    [['list', 'web']],
    [['up', 'a']],
    [['logs', 'a', '-n', '-f']],
    [['--json', 'status', 'web']],
    [['install', 'web']],
    [['toString', 'web']],
    [[]],
  ])('%j is left to the whole command line', (argv) => {
    expect(quickAction(argv, [])).toBeNull()
  })

  test.each([
    [['status', 'web', 'db', '--json', '--scope=user']],
    [['start', '-q', 'web', '--home', '/x']],
    [['list']],
    [['status']],
    [['up', '-f', 'x.yaml', '-d']],
    [['restart', 'a', '--rolling']],
    [['logs', 'a', 'b']],
    [['logs', 'web', '-f', '-n', '5', '--since=10m']],
  ])('%j is understood', (argv) => {
    expect(quickAction(argv, [])).toBeTypeOf('function')
  })
})
