import { expect, test } from 'vitest'
import { formatKey, newKey, parseKeyRing } from './key-ring.ts'
import { keyIdOf, openerOf, seal } from './seal.ts'
import { parseSettingPath } from './setting-path.ts'

const key = newKey()
const PATH = ['services', 'api', 'env', 'DB_PASSWORD']

function ringOf(...keys: readonly ReturnType<typeof newKey>[]) {
  const ring = parseKeyRing(keys.map(formatKey).join('\n'), 'the test')
  if ('problem' in ring) throw new Error(ring.problem)
  return ring
}

const open = openerOf(ringOf(key))

test('what was sealed for a setting opens there, whatever characters it has', () => {
  for (const value of ['', 'hunter2', 'sécrët ))ENC(', '\n\0\u{1F511}', 'x'.repeat(100_000)]) {
    const text = seal(value, PATH, key)
    expect(text).toMatch(/^ENC\(v1\.[0-9a-f]{8}\.[A-Za-z0-9_-]+\)$/)
    expect(open(text, PATH)).toEqual({ value })
  }
})

test('the same value is never sealed to the same text', () => {
  expect(seal('a', PATH, key)).not.toBe(seal('a', PATH, key))
})

test('a value is refused at every other setting, also where the names only look the same joined', () => {
  const text = seal('hunter2', ['env', 'A.B'], key)
  for (const path of [['env', 'C'], ['env', 'A', 'B'], ['env'], ['env', 'A.B', '0'], []]) {
    expect(open(text, path)).toEqual({ problem: 'it was changed, or sealed for another setting' })
  }
})

test('a text is refused with any one of its bits turned', () => {
  const text = seal('hunter2', PATH, key)
  const body = Buffer.from(text.slice('ENC(v1.12345678.'.length, -1), 'base64url')
  for (let bit = 0; bit < body.length * 8; bit += 1) {
    const turned = Buffer.from(body)
    turned[bit >> 3] = (turned[bit >> 3] as number) ^ (1 << (bit & 7))
    const answer = open(`ENC(v1.${key.id}.${turned.toString('base64url')})`, PATH)
    expect(answer).toHaveProperty('problem')
  }
})

test('an unknown version, another key and damage are told apart, and no value is in what is told', () => {
  const text = seal('hunter2', PATH, key)
  const problemOf = (one: string, opener = open) =>
    (opener(one, PATH) as { problem: string }).problem
  expect(problemOf(text.replace('v1', 'v2'))).toBe(
    'it is sealed in version 2, which a newer stead knows',
  )
  expect(problemOf(text, openerOf(ringOf(newKey())))).toBe(
    `it is sealed with key ${key.id}, which is not in the test`,
  )
  expect(problemOf('ENC(hunter2)')).toBe('what is in ENC(…) is damaged, or not of stead')
  expect(problemOf(`ENC(v1.${key.id}.AAAA)`)).toBe('what is in ENC(…) is cut short')
  expect(problemOf(text.slice(0, -1))).toBe('what is in ENC(…) is damaged, or not of stead')
})

test('a ring opens with all of its keys and seals with the first', () => {
  const newer = newKey()
  const ring = ringOf(newer, key)
  expect(keyIdOf(seal('a', PATH, ring.sealing))).toBe(newer.id)
  expect(openerOf(ring)(seal('a', PATH, key), PATH)).toEqual({ value: 'a' })
})

test('a key file may have comments; a damaged key is named by its line, and nothing of it is shown', () => {
  const line = formatKey(key)
  expect(parseKeyRing(`# of 2026\r\n\r\n${line}\r\n`, 'k')).toHaveProperty('sealing.id', key.id)
  const damaged = line.slice(0, -2)
  expect(parseKeyRing(`\n${damaged}`, 'k')).toEqual({ problem: 'k, line 2: a key has 32 bytes' })
  const renamed = line.replace(key.id, '00000000')
  expect(parseKeyRing(renamed, 'k')).toEqual({
    problem: 'k, line 1: the key is not the one that it is called, 00000000',
  })
  expect(parseKeyRing(line.replace('v1', 'v7'), 'k')).toEqual({
    problem: 'k, line 1: keys of version 7 are for a newer stead',
  })
  expect(parseKeyRing('hunter2', 'k')).toEqual({ problem: 'k, line 1: this is no key of stead' })
  expect(parseKeyRing('# nothing', 'k')).toEqual({ problem: 'k has no key in it' })
})

test('a path is written with dots, or as a JSON pointer where a name has one', () => {
  expect(parseSettingPath('services.web.env.A')).toEqual(['services', 'web', 'env', 'A'])
  expect(parseSettingPath('/env/a.b~1c~0d')).toEqual(['env', 'a.b/c~d'])
  expect(parseSettingPath('a..b')).toBe(null)
  expect(parseSettingPath('/a~2')).toBe(null)
})
