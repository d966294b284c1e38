import { describe, expect, test } from 'vitest'
import { isSteadError } from '../errors.ts'
import { completeSpec } from '../model/service-spec.ts'
import { WINDOWS_DEFAULTS } from '../model/windows-settings.ts'
import { parseSpec } from './parse-spec.ts'

const bare = { name: 'web', command: ['/bin/server'] }

/** What is wrong with a description, problem by problem. */
function problemsOf(raw: unknown): readonly string[] {
  try {
    parseSpec(raw, 'test')
  } catch (error) {
    if (isSteadError(error, 'SPEC_INVALID')) return error.params.problems
    throw error
  }
  return []
}

describe('a description', () => {
  test('that says nothing more gets the defaults', () => {
    expect(parseSpec(bare, 'test')).toEqual(completeSpec({ name: 'web', file: '/bin/server' }))
  })

  test('with everything becomes a spec in milliseconds, bytes and numbers', () => {
    const spec = parseSpec(
      {
        ...bare,
        command: `/bin/server --title 'a b'`,
        displayName: 'Web',
        description: 'serves',
        protocol: 'native',
        config: '/etc/web.conf',
        remote: 'https://config.example/web.yaml',
        cwd: '/srv',
        env: { A: 'x', N: 5, B: true, EMPTY: '' },
        envFile: '/etc/web.env',
        user: 'www',
        group: 'www',
        startType: 'delayed',
        dependsOn: ['db'],
        restart: { when: 'always', delay: '200ms', limit: '3/1m30s' },
        startTimeout: 5,
        stopTimeout: '2m',
        killMode: 'process',
        watchdog: '1.5s',
        limits: { memory: '512M', cpu: '50%', openFiles: 4096, processes: '64' },
        harden: 'strict',
        windows: { startGroup: 'Web' },
      },
      'test',
    )
    expect(spec).toEqual({
      name: 'web',
      file: '/bin/server',
      args: ['--title', 'a b'],
      displayName: 'Web',
      description: 'serves',
      protocol: 'native',
      configFile: '/etc/web.conf',
      remote: 'https://config.example/web.yaml',
      cwd: '/srv',
      env: { A: 'x', N: '5', B: 'true', EMPTY: '' },
      envFile: '/etc/web.env',
      user: 'www',
      group: 'www',
      startType: 'delayed',
      dependsOn: ['db'],
      restart: { when: 'always', delay: 200, limit: { count: 3, window: 90_000 } },
      startTimeout: 5_000,
      stopTimeout: 120_000,
      killMode: 'process',
      watchdog: 1_500,
      limits: { memory: 536_870_912, cpu: 50, openFiles: 4096, processes: 64 },
      harden: 'strict',
      windows: { ...WINDOWS_DEFAULTS, startGroup: 'Web' },
      guard: null,
    })
  })

  test.each([
    ['always', { when: 'always', delay: 1_000, limit: { count: 5, window: 60_000 } }],
    [{ limit: 'none' }, { when: 'on-failure', delay: 1_000, limit: null }],
    [{ delay: 0 }, { when: 'on-failure', delay: 0, limit: { count: 5, window: 60_000 } }],
  ])('may say restart: %j', (restart, expected) => {
    expect(parseSpec({ ...bare, restart }, 'test').restart).toEqual(expected)
  })

  test('may have the one variable of stead that installers set: whether it updates itself', () => {
    const { env } = parseSpec({ ...bare, env: { STEAD_UPDATE: '0' } }, 'test')
    expect(env).toEqual({ STEAD_UPDATE: '0' })
  })

  test('P09 keeps hostile arguments and values as they are', () => {
    const words = ['a b', `'"`, '%n', '$HOME', ';', 'x\ny', 'ü', '', 'end\\']
    const spec = parseSpec(
      { ...bare, command: ['/bin/x', ...words], env: { V: words.join() } },
      't',
    )
    expect(spec.args).toEqual(words)
    expect(spec.env).toEqual({ V: words.join() })
  })
})

describe('refused:', () => {
  test.each<[string, unknown, RegExp]>([
    ['no object', 'text', /the description: /],
    ['nothing', {}, /^name: it is missing$/m],
    ['no command', { name: 'web' }, /^command: it is missing$/],
    ['an empty command', { ...bare, command: [] }, /^command: it names no program$/],
    ['a blank command', { ...bare, command: '  ' }, /^command: it names no program$/],
    ['an open quote', { ...bare, command: `x 'y` }, /^command: a quote is not closed$/],
    ['NUL in an argument', { ...bare, command: ['/x', 'a\0b'] }, /command.*NUL/],
    ['NUL in a line of a command', { ...bare, command: '/x a\0b' }, /command.*NUL/],
    ['NUL in a value', { ...bare, env: { A: 'a\0b' } }, /^env\.A: it has a NUL/],
    ['NUL in a path', { ...bare, cwd: '/a\0b' }, /^cwd: it has a NUL/],
    ['a huge argument', { ...bare, command: ['/x', 'a'.repeat(200_000)] }, /command.*longer than/],
    ['a variable with =', { ...bare, env: { 'A=B': 'x' } }, /^env\.A=B: the name has a "="$/],
    ['a variable without a name', { ...bare, env: { '': 'x' } }, /the name is empty/],
    ['a variable with a line break', { ...bare, env: { 'A\nB': 'x' } }, /line break/],
    ['a variable with NUL', { ...bare, env: { 'A\0': 'x' } }, /NUL/],
    ['a variable of stead', { ...bare, env: { STEAD_HOME: '/x' } }, /stead’s own/],
    ['an unknown setting', { ...bare, restrat: 'no' }, /^restrat: .*did you mean restart\?$/],
    ['an unknown limit', { ...bare, limits: { memroy: '1G' } }, /^limits\.memroy: .*memory\?$/],
    ['an unknown part of restart', { ...bare, restart: { dely: '1s' } }, /^restart\.dely: .*delay/],
    [
      'a bad time',
      { ...bare, stopTimeout: '5 parsecs' },
      /^stopTimeout: "5 parsecs" is not a time/,
    ],
    ['no time at all', { ...bare, stopTimeout: 0 }, /^stopTimeout: it has to be more than 0$/],
    ['a century', { ...bare, startTimeout: '36500d' }, /of a year at most/],
    ['a negative time', { ...bare, restart: { delay: -1 } }, /^restart\.delay: -1 is not a time/],
    [
      'a bad size',
      { ...bare, limits: { memory: 'lots' } },
      /^limits\.memory: "lots" is not a size/,
    ],
    ['no processor', { ...bare, limits: { cpu: '0%' } }, /^limits\.cpu: "0%" is not a share/],
    ['half a file', { ...bare, limits: { openFiles: 1.5 } }, /^limits\.openFiles: /],
    ['a bad limit', { ...bare, restart: { limit: '5' } }, /^restart\.limit: "5" is not a limit/],
    ['a bad word', { ...bare, restart: 'never' }, /^restart: .*always.*on-failure.*no/],
    ['a bad start type', { ...bare, startType: 'boot' }, /^startType: .*auto/],
    ['itself as dependency', { ...bare, dependsOn: ['web'] }, /cannot wait for itself/],
    ['a dependency twice', { ...bare, dependsOn: ['a', 'a'] }, /^dependsOn\.1: a is named twice$/],
    [
      'a bad dependency',
      { ...bare, dependsOn: ['a/b'] },
      /^dependsOn\.0: it has a path separator$/,
    ],
    ['a name of two lines', { ...bare, displayName: 'a\nb' }, /^displayName: it has a line break$/],
    ['an empty user', { ...bare, user: '' }, /^user: it is empty$/],
    ['an empty directory', { ...bare, cwd: '' }, /^cwd: it is empty$/],
  ])('%s', (_, raw, expected) => {
    expect(problemsOf(raw).join('\n')).toMatch(expected)
  })

  test('every problem at once', () => {
    const problems = problemsOf({ ...bare, restrat: 1, stopTimeout: 'x', limits: { cpu: 'y' } })
    expect(problems).toHaveLength(3)
  })

  test.each(['a/b', '..', 'a b', 'ä', 'x'.repeat(300), 'CON', '', '-a', 'a.service'])(
    'the name %j, as NAME_INVALID',
    (name) => {
      expect(() => parseSpec({ ...bare, name }, 'test')).toThrowError(
        expect.objectContaining({ code: 'NAME_INVALID' }),
      )
    },
  )
})
