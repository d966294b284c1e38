import { expect, test } from 'vitest'
import { checksums, parseChecksums } from './checksums.ts'

const FILES = [
  { name: 'app 1.zip', sha256: 'a'.repeat(64) },
  { name: 'app.deb', sha256: 'b'.repeat(64) },
]

test('checksums are read as they were written, in the order of the names', () => {
  expect(parseChecksums(checksums(FILES.toReversed()))).toEqual(FILES)
})

test.each([
  '',
  'nonsense\n',
  `${'a'.repeat(63)}  app\n`,
  `${'a'.repeat(64)}  ../app\n`,
  `${'a'.repeat(64)}  dir\\app\n`,
  `${'a'.repeat(64)}  app\nmore\n`,
])('a list such as %j is none', (text) => {
  expect(parseChecksums(text)).toBeNull()
})
