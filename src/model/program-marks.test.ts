import { expect, test } from 'vitest'
import { groupName, incarnationMark, markOfGroup, marksOf } from './program-marks.ts'

test('the name of a group leads back to the life it is for', () => {
  const mark = incarnationMark('0123abcd', 'shop.api', 2, 17)
  expect(markOfGroup(groupName(mark))).toBe(mark)
  expect(marksOf(mark, '0123abcd')).toEqual({
    STEAD_GUARD: '0123abcd',
    STEAD_SERVICE: 'shop.api',
    STEAD_INSTANCE: '2',
    STEAD_INCARNATION: mark,
  })
})

test('groups of others and lives of other guards are not ours', () => {
  for (const name of ['stead.guard', 'system.slice', 'stead.service', 'stead.', 'a.b.1.1']) {
    expect(markOfGroup(name)).toBe(null)
  }
  expect(marksOf('0123.api.1.1', '012')).toBe(null)
  expect(marksOf('0123.api', '0123')).toBe(null)
})
