import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../test/fakes/seeded-random.ts'
import {
  type AskedParameters,
  askedText,
  readAsked,
  readTold,
  toldText,
} from './parameter-channel.ts'
import { readDeclarations } from './parameter-declaration.ts'

const AT = '2026-05-01T12:00:00.000Z'
const ASKED: AskedParameters = {
  number: 7,
  set: {
    level: { value: 'debug', by: 'operator', at: AT, until: AT },
    rate: { value: 20, by: 'operator', at: AT, until: null },
  },
}
const { specs: declared } = readDeclarations({
  level: { type: 'enum', values: ['debug', 'info'], default: 'info' },
  rate: { type: 'integer', default: 10, max: 100 },
})
const TOLD = {
  ...{ number: 7, life: 'a.b.1.1', declared, refused: null },
  values: { level: 'debug', rate: 20 },
}

describe('what is asked, and what is told,', () => {
  test('is read as it was written', () => {
    expect(readAsked(askedText(ASKED))).toEqual(ASKED)
    expect(readTold(toldText(TOLD))).toEqual(TOLD)
  })

  test('is nothing where it is cut off anywhere, or is of something else', () => {
    for (const [text, read] of [
      [askedText(ASKED), readAsked],
      [toldText(TOLD), readTold],
    ] as const) {
      for (let end = 0; end < text.length - 2; end += 1) expect(read(text.slice(0, end))).toBeNull()
      expect(read(text.replace('"parameters"', '"other"'))).toBeNull()
      expect(read(text.replace('"number":7', '"number":-1'))).toBeNull()
      expect(read(text.replace('"number":7', '"number":"7"'))).toBeNull()
    }
  })

  test('loses single values that are none, and declarations all together', () => {
    const half = askedText(ASKED).replace('"value":20', '"value":[20]')
    expect(Object.keys(readAsked(half)?.set ?? {})).toEqual(['level'])
    expect(readTold(toldText(TOLD).replace('"max":100', '"max":"x"'))).toBeNull()
    const stranger = toldText({ ...TOLD, values: { ...TOLD.values, other: true } })
    expect(readTold(stranger)?.values).toEqual(TOLD.values)
  })

  test('is never an error, whatever stands there', () => {
    const random = seededRandom(17)
    const texts = [askedText(ASKED), toldText(TOLD)]
    for (let round = 0; round < 3_000; round += 1) {
      const text = [...(texts[round % 2] as string)]
      for (let change = 0; change < 1 + (round % 4); change += 1) {
        const at = random.below(text.length)
        text[at] = String.fromCharCode(32 + random.below(95))
      }
      expect(() => [readAsked(text.join('')), readTold(text.join(''))]).not.toThrow()
    }
  })
})
