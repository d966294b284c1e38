import { expect, test } from 'vitest'
import { sealedPlaces } from './sealed-places.ts'

function found(name: string, text: string) {
  const places = sealedPlaces(name, text)
  if ('problem' in places) throw new Error(places.problem)
  return places.map(({ path, start, end }) => [path.join('.'), text.slice(start, end)])
}

test('sealed values are found in YAML by their settings, however they are written', () => {
  const text = `
# ENC(comment)
services:
  api: # ENC(c)
    command: [node, ENC(arg)]
    env:
      PLAIN: value with ENC(inside)
      A: ENC(v1.a.b)   # behind it
      "B": "ENC(v1.c.d)"
      C: 'ENC(v1.e.f)'
events:
  webhooks:
    - { url: 'http://x', note: ENC(v1.g.h) }
`
  expect(found('stead.yaml', text)).toEqual([
    ['services.api.command.1', 'ENC(arg)'],
    ['services.api.env.A', 'ENC(v1.a.b)'],
    ['services.api.env.B', 'ENC(v1.c.d)'],
    ['services.api.env.C', 'ENC(v1.e.f)'],
    ['events.webhooks.0.note', 'ENC(v1.g.h)'],
  ])
})

test('in JSON and in env files as well', () => {
  expect(found('a.json', '{"env":{"A":"ENC(v1.a.b)"}}')).toEqual([['env.A', 'ENC(v1.a.b)']])
  const text = '# B=ENC(no)\nA=ENC(v1.a.b)\r\nexport B = "ENC(v1.c.d)"\nC=x ENC(e)\n'
  expect(found('/srv/api.env', text)).toEqual([
    ['env.A', 'ENC(v1.a.b)'],
    ['env.B', 'ENC(v1.c.d)'],
  ])
  expect(found('.env.local', 'A=ENC(v1.a.b)')).toEqual([['env.A', 'ENC(v1.a.b)']])
})

test('in every format, behind a byte order mark, and in profiles for the setting that they change', () => {
  expect(found('a.toml', '[env]\nA = \'ENC(v1.a.b)\'\nB = "ENC(v1.c.d)"\n')).toEqual([
    ['env.A', 'ENC(v1.a.b)'],
    ['env.B', 'ENC(v1.c.d)'],
  ])
  expect(found('a.jsonc', '{ // ENC(no)\n "env": { "A": "ENC(v1.a.b)", } }')).toEqual([
    ['env.A', 'ENC(v1.a.b)'],
  ])
  expect(found('a.yaml', '\uFEFFprofiles: { prod: { env: { A: ENC(v1.a.b) } } }')).toEqual([
    ['env.A', 'ENC(v1.a.b)'],
  ])
  expect(
    found('a.yaml', 'x: &x { A: ENC(v1.a.b) }\nenv: { <<: *x, B: &y ENC(v1.c.d), C: *y }'),
  ).toEqual([
    ['x.A', 'ENC(v1.a.b)'],
    ['env.B', 'ENC(v1.c.d)'],
  ])
})

test('what cannot be read is not searched', () => {
  expect(sealedPlaces('stead.yaml', 'a: [')).toHaveProperty('problem')
})
