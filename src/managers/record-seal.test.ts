import { expect, test } from 'vitest'
import { completeSpec } from '../model/service-spec.ts'
import { recordSeal } from './record-seal.ts'

const spec = completeSpec({ name: 'a', file: 'C:\\a.exe', env: { B: '1', 2: 'x' } })

test('the seal of a record is the same after it was written and read', () => {
  expect(recordSeal(JSON.parse(JSON.stringify(spec)))).toBe(recordSeal(spec))
})

test('the seal of a record is another for every other setting', () => {
  const seals = [
    spec,
    { ...spec, args: [''] },
    { ...spec, env: {} },
    { ...spec, file: 'C:\\b.exe' },
  ]
  expect(new Set(seals.map(recordSeal)).size).toBe(seals.length)
})
