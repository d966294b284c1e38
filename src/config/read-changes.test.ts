// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of stead.yaml are written so
import { describe, expect, test } from 'vitest'
import { type SeededRandom, seededRandom } from '../../test/fakes/seeded-random.ts'
import { isSteadError } from '../errors.ts'
import type { ConfigSources } from '../model/config-version.ts'
import { loadGuardFile } from './guard-file.ts'
import { keptFiles, recorded } from './layers/kept-files.ts'
import { changesReader } from './read-changes.ts'
import type { KnownConfig } from './unchanged-services.ts'

const MAIN = '/srv/stead.yaml'
const env = { HOST: 'example.org' }

/** What is read of files, with what is known or without it; the problems where there are any. */
function read(files: ConfigSources, known: KnownConfig | null) {
  const [path = MAIN, text = ''] = Object.entries(files)[0] ?? []
  const file = { path, env, profiles: [], onWindows: false }
  const quick = known === null ? null : changesReader(file, keptFiles(files)).read(text, known)
  if (quick !== null) {
    const { config, sources, same } = quick
    return { known: { spec: config.spec, sources }, files: config.files, same: same.size }
  }
  try {
    const disk = recorded(keptFiles(files))
    const config = loadGuardFile({ ...file, text }, disk)
    const sources = { [path]: text, ...disk.sources }
    return { known: { spec: config.spec, sources }, files: config.files, same: 0 }
  } catch (error) {
    if (!isSteadError(error, 'GUARD_FILE_INVALID')) throw error
    return { problems: error.params.problems }
  }
}

function known(text: string | ConfigSources): KnownConfig {
  const files = typeof text === 'string' ? { [MAIN]: text } : text
  const first = read(files, null)
  if (!('known' in first)) throw new Error(first.problems.join('\n'))
  return JSON.parse(JSON.stringify(first.known)) as KnownConfig
}

/** How many services were not read anew, -1 where it is refused; everything else is the same as where all of it is read. */
function sameAfter(before: string | ConfigSources, after: string | ConfigSources): number {
  const files = typeof after === 'string' ? { [MAIN]: after } : after
  const { same = -1, ...quick } = { ...read(files, known(before)) }
  const { same: _none, ...whole } = { ...read(files, null) }
  expect(JSON.parse(JSON.stringify(quick))).toEqual(JSON.parse(JSON.stringify(whole)))
  return same
}

const JSON_MAIN = '/srv/stead.json'

/** {@link sameAfter} of a stead.json. */
function sameAfterInJson(before: string, after: string): number {
  return sameAfter({ [JSON_MAIN]: before }, { [JSON_MAIN]: after })
}

const service = (name: string, more = ''): string =>
  `  ${name}:\n    command: /bin/${name}\n${more}`
const ABCD = `services:\n${['a', 'b', 'c', 'd'].map((name) => service(name)).join('')}`

describe('of a configuration that was read before', () => {
  test('a service that is as it was is not read again', () => {
    expect(sameAfter(ABCD, ABCD.replace('/bin/c', '/bin/new'))).toBe(2)
    expect(sameAfter(ABCD, `${ABCD}${service('e')}`)).toBe(3)
    expect(sameAfter(ABCD, ABCD.replace(service('c'), ''))).toBe(2)
  })

  test('the order is that of the file', () => {
    expect(sameAfter(ABCD, `services:\n${service('d')}${service('b')}${service('a')}`)).toBe(2)
  })

  test('one is read again whose dependency has changed what it is waited for', () => {
    const text = `services:\n${service('a')}${service('db')}${service('x', '    dependsOn: [db]\n')}${service('y')}`
    expect(sameAfter(text, text.replace('/bin/db\n', '/bin/db\n    ready: { tcp: 80 }\n'))).toBe(1)
  })

  test('everything is read where the rest of the file is another', () => {
    const more = 'defaults: { restart: { delay: 2s } }\n'
    expect(sameAfter(more + ABCD, more.replace('2s', '3s') + ABCD)).toBe(0)
    expect(sameAfter(ABCD, `${ABCD}groups: { g: { services: [a, b] } }\n`)).toBe(0)
  })

  test.each([
    ['anchors', service('b', '    env: &e { X: "1" }\n') + service('c', '    env: *e\n')],
    ['merge keys', service('b').replace('    command', '    <<: { nice: 1 }\n    command')],
  ])('everything is read where it has %s', (_what, services) => {
    const text = `services:\n${service('a')}${services}${service('d')}`
    expect(sameAfter(text, text.replace('/bin/d', '/bin/new'))).toBe(0)
  })

  test('sealed values are looked at each time', () => {
    const sealed = '    env: { A: "ENC(v1:0123456789abcdef:AAAA)" }\n'
    const text = `services:\n${service('a')}${service('b', sealed)}${service('c')}${service('d')}`
    const { same } = { same: 0, ...read({ [MAIN]: text.replace('/bin/d', '/x') }, known(text)) }
    expect(same).toBe(1)
  })

  test('what is wrong is told as where everything is read, with its places and all at once', () => {
    sameAfter(ABCD, ABCD.replace('/bin/c', '/bin/c\n    instancs: 2').replace('command', 'comand'))
    sameAfter(ABCD, `${ABCD}${service('b')}`)
    sameAfter(ABCD, ABCD.replace('/bin/b', '"/bin/b').replace('/bin/d', '/bin/d"'))
    sameAfter(ABCD, ABCD.replace('  c:', ' c:'))
    sameAfter(ABCD, ABCD.replace('  c:', '\tc:'))
  })

  test('files that it includes are read in the same way, and one that is new is found', () => {
    const files = {
      [MAIN]: `include: conf.d/*.yaml\n${ABCD}`,
      '/srv/conf.d/1.yaml': `services:\n${service('e')}${service('f')}${service('b', '    nice: 1\n')}`,
    }
    expect(sameAfter(files, { ...files, [MAIN]: files[MAIN].replace('/bin/c', '/bin/new') })).toBe(
      3,
    )
    expect(
      sameAfter(files, {
        ...files,
        '/srv/conf.d/1.yaml': files['/srv/conf.d/1.yaml'].replace('nice: 1', 'nice: 2'),
      }),
    ).toBe(3)
    const beside = {
      [MAIN]: `include: [conf.d/*.yaml, more.jsonc]\n${ABCD}`,
      '/srv/more.jsonc': '{ "defaults": { "nice": 1 } /* for all */ }',
    }
    const moved = beside[MAIN].replace('/bin/c', '/bin/new')
    expect(sameAfter(beside, { ...beside, [MAIN]: moved })).toBe(2)
    const more = { ...files, '/srv/conf.d/2.yaml': `services:\n${service('g')}` }
    expect(sameAfter(files, more)).toBe(0)
    expect(sameAfter(more, files)).toBe(0)
  })
})

describe('of a configuration in JSON that was read before', () => {
  const one = (name: string, more: object = {}) => ({
    [name]: { command: `/bin/${name}`, ...more },
  })
  const text = (services: object, rest: object = {}, blanks = 2): string =>
    JSON.stringify({ ...rest, services }, null, blanks)
  const abcd = { ...one('a'), ...one('b'), ...one('c'), ...one('d') }

  test('a service that is as it was is not read again', () => {
    expect(sameAfterInJson(text(abcd), text({ ...abcd, ...one('c', { nice: 1 }) }))).toBe(2)
    expect(sameAfterInJson(text(abcd), text({ ...abcd, ...one('e') }))).toBe(3)
    expect(sameAfterInJson(text(abcd), text({ ...one('b'), ...one('a') }))).toBe(1)
    expect(
      sameAfterInJson(text(abcd, {}, 0), text({ ...abcd, ...one('d', { nice: 2 }) }, {}, 0)),
    ).toBe(2)
  })

  test('everything is read where the rest of the file is another', () => {
    expect(sameAfterInJson(text(abcd), text(abcd, { defaults: { nice: 1 } }))).toBe(0)
    expect(sameAfterInJson(text(abcd), `${text(abcd)}}`)).toBe(-1)
  })

  test('brackets and quotes in texts mislead nobody', () => {
    const odd = one('o', { env: { A: '}"{', B: '\\"]', C: '//' } })
    expect(
      sameAfterInJson(
        text({ ...abcd, ...odd }),
        text({ ...odd, ...abcd, ...one('d', { nice: 1 }) }),
      ),
    ).toBe(3)
  })

  test.each([
    ['a name that stands there twice', (all: string) => all.replace('"d"', '"c"')],
    ['a name with an escape', (all: string) => all.replace('"d"', '"\\u0064"')],
    ['a comment', (all: string) => all.replace('"d"', '/* d */ "d"')],
    ['a comma too many', (all: string) => all.replace(/}\n {2}}\n}$/, '},\n}}')],
    ['no end', (all: string) => all.slice(0, -3)],
    ['a list of services', () => '{ "services": [] }'],
    ['a word for services', () => '{ "services": true }'],
    ['a bracket of another kind', (all: string) => all.replace('/bin/d"', '/bin/d"]')],
  ])('everything is read where there is %s', (_what, change) => {
    expect(sameAfterInJson(text(abcd), change(text(abcd)))).toBeLessThanOrEqual(0)
  })

  test('whatever is changed or broken: it is read as where nothing is known', () => {
    let quick = 0
    for (let seed = 1; seed <= 100; seed += 1) {
      const random = seededRandom(seed)
      const more = { env: { A: random.pick(['{', '"', '\\', ',', 'x']) } }
      const services = Object.assign({}, ...['a', 'b', 'c', 'd'].map((name) => one(name, more)))
      const before = text(services, random.pick([{}, { defaults: { nice: 1 } }]), random.below(3))
      const at = random.below(before.length)
      const slip = random.pick(['"', '{', '}', '[', ',', ':', '/', '\\', ' ', 'x', ''])
      const after = before.slice(0, at) + slip + before.slice(at + random.below(2))
      try {
        if (sameAfterInJson(before, after) > 0) quick += 1
      } catch (error) {
        throw new Error(`seed ${seed}:\n${before}\n--- became\n${after}`, { cause: error })
      }
    }
    expect(quick).toBeGreaterThan(15)
  })
})

/** Bits of services that are hard to tell apart by their rows alone. */
const BITS = [
  '    nice: 3\n',
  '    env: { A: "x: y", B: "${HOST}" }\n',
  '    env:\n      A: |\n        text\n\n         more\n      B: >-\n        a: b\n',
  '    description: "one\n      two"\n',
  "    description: 'it''s: fine'\n",
  '    labels: {\n      a: b,\n      c: d }\n',
  '    dependsOn: [a]\n',
  '    dependsOn: { b: ready }\n',
  '    ready: { tcp: 80 }\n',
  '    # b:\n',
  '# comment\n',
  '\n',
  '  # c:\n',
  '    log: { file: x.log }\n',
  '    args: [&x 1]\n',
  '    restartAt: "0 4 * * *"\n',
  '    env:\n      A: |+\n        kept\n\n',
] as const
const SLIPS = ['"', "'", '{', '}', ':', '  ', '\t', '#', '|', '\n', '- ', '\r'] as const

function randomText(random: SeededRandom): string {
  const names = ['a', 'b', 'c', 'd', 'e', '1', 'x-y'].filter(() => random.chance(0.8))
  const services = names.map((name) => {
    const more = Array.from({ length: random.below(3) }, () => random.pick(BITS))
    return service(name, more.join(''))
  })
  const rest = random.pick(['', '', 'defaults: { nice: 1 }\n', 'project: shop\n\n'])
  const after = random.pick(['', '', 'configuration:\n  trial: 1m\n', '# the end\n'])
  return `${rest}services:${random.pick(['', ' # all'])}\n${services.join('')}${after}`
}

function changed(text: string, random: SeededRandom): string {
  const at = random.below(text.length + 1)
  const how = random.below(6)
  if (how === 0) return text.slice(0, at) + random.pick(SLIPS) + text.slice(at)
  if (how === 1) return text.slice(0, at) + text.slice(at + 1 + random.below(8))
  const rows = text.split('\n')
  const row = random.below(rows.length)
  if (how === 2) rows.splice(row, 1)
  else if (how === 3) rows.splice(row, 0, random.pick(BITS).trimEnd())
  else if (how === 4) rows.splice(row, 0, service(random.pick(['f', 'g', 'a', 'b'])).trimEnd())
  else return text.replace(/\/bin\/\w/, '/bin/other')
  return rows.join('\n')
}

test('whatever is written, changed or broken: it is read as where nothing is known', {
  timeout: 60_000,
}, () => {
  let quick = 0
  for (let seed = 1; seed <= 300; seed += 1) {
    const random = seededRandom(seed)
    const before = randomText(random)
    if ('problems' in read({ [MAIN]: before }, null)) continue
    let after = changed(before, random)
    if (random.chance(0.3)) after = changed(after, random)
    try {
      if (sameAfter(before, after) > 0) quick += 1
    } catch (error) {
      throw new Error(`seed ${seed}:\n${before}\n--- became\n${after}`, { cause: error })
    }
  }
  expect(quick).toBeGreaterThan(50)
})
