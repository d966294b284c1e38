// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of configurations are written so
import { expect, test } from 'vitest'
import { fakeConfigFiles } from '../../../test/fakes/config-files.ts'
import { expandVariables } from '../expand-variables.ts'
import { findIn } from '../source/source-tree.ts'
import { layerOf } from './layer.ts'
import { loadSettings, type SettingsAsked } from './load-settings.ts'

type Files = Readonly<Record<string, string>>

function load(files: Files, asked: Partial<SettingsAsked> = {}) {
  const path = '/etc/app/app.yaml'
  return loadSettings({ path, shownAs: 'app.yaml', env: {}, ...asked }, fakeConfigFiles(files))
}

function valuesOf(files: Files, asked: Partial<SettingsAsked> = {}): unknown {
  const { source, variables, problems } = load(files, asked)
  expect(problems).toEqual([])
  const { value, problems: unset } = expandVariables(source, variables)
  expect(unset).toEqual([])
  return value
}

const problemsOf = (files: Files, asked: Partial<SettingsAsked> = {}): string =>
  load(files, asked).problems.join('\n')

test('what a file includes is weaker than itself, of several the later is stronger', () => {
  const files = {
    '/etc/app/app.yaml': 'include: [a.toml, sub/b.json]\nport: 1\n',
    '/etc/app/a.toml': 'port = 2\nhost = "a"\nname = "a"\n',
    '/etc/app/sub/b.json': '{ "include": "c.jsonc", "name": "b" }',
    '/etc/app/sub/c.jsonc': '{ "name": "c", "deep": true, } // last',
  }
  expect(valuesOf(files)).toEqual({ port: 1, host: 'a', name: 'b', deep: true })
  expect(load(files).files).toEqual([
    '/etc/app/app.yaml',
    '/etc/app/a.toml',
    '/etc/app/sub/b.json',
    '/etc/app/sub/c.jsonc',
  ])
})

test('a star means files in the order of the alphabet, and none is no mistake', () => {
  const files = {
    '/etc/app/app.yaml': 'include: [conf.d/*.yaml, none.d/*.yaml]\n',
    '/etc/app/conf.d/20.yaml': 'a: 20\nb: 20\n',
    '/etc/app/conf.d/10.yaml': 'a: 10\nc: 10\n',
    '/etc/app/conf.d/.hidden.yaml': 'a: 0\n',
    '/etc/app/conf.d/README': 'x',
  }
  expect(valuesOf(files)).toEqual({ a: 20, b: 20, c: 10 })
})

test('an optional file may be missing, any other may not; an included one may be empty', () => {
  const text = 'include: [{ file: no.yaml, optional: true }, empty.yaml]\na: 1\n'
  expect(valuesOf({ '/etc/app/app.yaml': text, '/etc/app/empty.yaml': '# none\n' })).toEqual({
    a: 1,
  })
  expect(problemsOf({ '/etc/app/app.yaml': 'a: 1\ninclude: no.yaml\n' })).toBe(
    'app.yaml:2:10: no.yaml: there is no such file\n  2 | include: no.yaml\n    |          ^',
  )
})

test('files that include each other are refused with the circle', () => {
  const files = {
    '/etc/app/app.yaml': 'include: a.yaml\n',
    '/etc/app/a.yaml': 'include: b.yaml\n',
    '/etc/app/b.yaml': 'include: ./a.yaml\n',
  }
  expect(problemsOf(files)).toMatch(
    /^b\.yaml:1:10: a\.yaml: files include each other in a circle: a\.yaml → b\.yaml → a\.yaml/,
  )
})

test('depth and number of files are bounded', () => {
  const deep = Object.fromEntries(
    Array.from({ length: 20 }, (_, i) => [`/etc/app/${i}.yaml`, `include: ${i + 1}.yaml\n`]),
  )
  expect(problemsOf({ ...deep, '/etc/app/app.yaml': 'include: 0.yaml' })).toMatch(/10 deep/)
  // Each file includes the next ten times: without a bound it would be read 10^9 times.
  const wide = Object.fromEntries(
    Array.from({ length: 9 }, (_, i) => [
      `/etc/app/${i}.yaml`,
      `include: [${Array(10)
        .fill(`${i + 1}.yaml`)
        .join(', ')}]\n`,
    ]),
  )
  expect(
    problemsOf({ ...wide, '/etc/app/9.yaml': 'a: 1', '/etc/app/app.yaml': 'include: 0.yaml' }),
  ).toMatch(/more than 100 files/)
})

test('every problem of every file is told at once', () => {
  const files = {
    '/etc/app/app.yaml': 'include: [a.json, b.toml, c.yaml, [x], { file: d, optonal: true }]\n',
    '/etc/app/a.json': '{"a": }',
    '/etc/app/b.toml': 'a = \n',
    '/etc/app/c.yaml': '- 1\n',
  }
  const told = problemsOf(files)
  expect(told).toMatch(/^a\.json:1:7: a value is expected here$/m)
  expect(told).toMatch(/^b\.toml:1:\d+: a value is expected here/m)
  expect(told).toContain('c.yaml:1:1: it has to be a map, not a list')
  expect(told).toContain('include: it has to be the name of a file')
  expect(told).toContain('there is no such setting; did you mean optional?')
})

test('a profile is stronger than its file, and the file of the profile than its section', () => {
  const files = {
    '/etc/app/app.yaml':
      'a: 1\nb: 1\nc: 1\nlist: [1, 2]\nprofiles:\n  prod: { b: 2, c: 2, list: [3] }\n  eu: { c: 4 }\n',
    '/etc/app/app.prod.toml': 'c = 3\n',
  }
  expect(valuesOf(files)).toEqual({ a: 1, b: 1, c: 1, list: [1, 2] })
  expect(valuesOf(files, { profiles: ['prod'] })).toEqual({ a: 1, b: 2, c: 3, list: [3] })
  expect(valuesOf(files, { env: { STEAD_PROFILE: 'prod' } })).toMatchObject({ b: 2 })
  expect(valuesOf(files, { env: { STEAD_PROFILE: 'prod' }, profiles: ['eu'] })).toMatchObject({
    b: 1,
    c: 4,
  })
})

test('a profile that is not there is refused with what was meant', () => {
  const files = {
    '/etc/app/app.yaml': 'a: 1\nprofiles: { prod: { a: 2 } }\n',
    '/etc/app/app.staging.yaml': 'a: 3\n',
  }
  expect(problemsOf(files, { profiles: ['prd'] })).toBe(
    'app.yaml: there is no profile "prd"; did you mean prod?',
  )
  expect(problemsOf(files, { profiles: ['x'] })).toMatch(/it has prod, staging$/)
  expect(problemsOf({ '/etc/app/app.yaml': 'a: 1' }, { profiles: ['x'] })).toMatch(/it has none$/)
})

test.each([
  ['profiles: [a]', /profiles: it has to be a map/],
  ['profiles: { a: 1 }', /profiles: a has to be a map/],
  ['profiles: { a: { include: x.yaml } }', /a\.include: this stands in a file/],
  ['include: 5', /include: it has to be the name of a file/],
  ['include: { optional: true }', /include: it has to be the name of a file/],
  ['include: { file: x.yaml, optional: 1 }', /optional is true or false/],
  ['include: "${NO}.yaml"', /the variable NO is not set/],
])('%s is refused', (text, expected) => {
  expect(problemsOf({ '/etc/app/app.yaml': `${text}\n` })).toMatch(expected)
})

test('variables are looked up in env files where the environment has none', () => {
  const files = {
    '/etc/app/app.yaml':
      'envFiles: [.env, { file: more.env, optional: true }]\na: ${A}\nb: ${B}\nc: ${C:x}\n',
    '/etc/app/.env': '# ours\nA=1\nB="two words"\n',
  }
  expect(valuesOf(files, { env: { A: 'mine' } })).toEqual({ a: 'mine', b: 'two words', c: 'x' })
  expect(load(files).files).toContain('/etc/app/more.env')
  expect(problemsOf({ '/etc/app/app.yaml': 'envFiles: x.env\n' })).toMatch(
    /^app\.yaml:1:11: x\.env: there is no such file/,
  )
  expect(
    problemsOf({ '/etc/app/app.yaml': 'envFiles: x.env\n', '/etc/app/x.env': 'A=1\nhunter2\n' }),
  ).toBe('x.env: line 2 is not KEY=VALUE')
})

test('a sealed value of an env file is opened for its variable', () => {
  const files = {
    '/etc/app/app.yaml': 'envFiles: .env\ndb: "postgres://me:${PASS}@db"\n',
    '/etc/app/.env': 'PASS=ENC(x)\n',
  }
  const asked = {
    openSecret: (text: string, path: readonly PropertyKey[]) => ({
      value: `${text}@${path.join('.')}`,
    }),
  }
  expect(load(files, asked).secrets).toEqual(['ENC(x)@env.PASS'])
  expect(valuesOf(files, asked)).toEqual({ db: 'postgres://me:ENC(x)@env.PASS@db' })
  const { problems } = load(files, { openSecret: () => ({ problem: 'no key opens it' }) })
  expect(problems).toEqual(['.env: PASS: no key opens it'])
})

test('what is put in is never expanded again, nor what comes from variables and arguments', () => {
  const files = { '/etc/app/app.yaml': 'a: ${A}\nb: $${A}\n' }
  const env = { A: '${B}', B: 'b', APP__e: '${B}' }
  expect(valuesOf(files, { env, prefix: 'APP', set: ['s=${B}'] })).toEqual({
    a: '${B}',
    b: '${A}',
    e: '${B}',
    s: '${B}',
  })
})

test('all layers in their order', () => {
  const files = { '/etc/app/app.yaml': 'file: f\nremote: f\nenv: f\nline: f\n' }
  const asked = {
    defaults: { default: 'd', file: 'd', remote: 'd', env: 'd', line: 'd' },
    remote: layerOf('remote', 'https://config', { remote: 'r', env: 'r', line: 'r' }),
    env: { APP__ENV: 'e', APP__LINE: 'e' },
    prefix: 'APP',
    set: ['line=l'],
  }
  expect(valuesOf(files, asked)).toEqual({
    default: 'd',
    file: 'f',
    remote: 'r',
    env: 'e',
    line: 'l',
  })
  const { source } = load(files, asked)
  const line = findIn(source.tree, ['line'])?.node
  expect([line, ...(line?.shadows ?? [])].map((one) => one?.place.origin.name)).toEqual([
    '--set line',
    'APP__LINE',
    'https://config',
    'app.yaml',
    'the defaults',
  ])
})

test('without a file there are the other layers, and an optional file may be missing', () => {
  const asked = { defaults: { a: 1 }, set: ['b=2'] }
  expect(valuesOf({}, { ...asked, path: null })).toEqual({ a: 1, b: 2 })
  expect(valuesOf({}, { ...asked, optional: true })).toEqual({ a: 1, b: 2 })
  expect(problemsOf({}, asked)).toBe('app.yaml: there is no such file')
})

test('a secret on the command line is refused unless it is sealed', () => {
  const { problems, source } = load(
    { '/etc/app/app.yaml': 'a: 1\n' },
    { set: ['env.DB_PASSWORD=hunter2', 'env.API_TOKEN=ENC(v1.x)'] },
  )
  expect(problems.join()).toMatch(/^--set env\.DB_PASSWORD: everybody on a machine can read/)
  expect(problems.join()).not.toContain('hunter2')
  expect(source.value).toEqual({ a: 1, env: { API_TOKEN: 'ENC(v1.x)' } })
})
