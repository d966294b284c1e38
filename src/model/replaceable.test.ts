import { expect, test } from 'vitest'
import { whoMayRead } from './replaceable.ts'

const OWN = '(A;;FA;;;SY)(A;;FA;;;BA)(A;;FA;;;S-1-5-21-1-2-3-1001)'

test.each<[string, string, string | null]>([
  ['its user, administrators and the system', `O:BAD:P${OWN}`, null],
  ['an account that somebody let in', `O:BAD:P${OWN}(A;;FR;;;LS)`, null],
  ['all users', `O:BAD:AI${OWN}(A;ID;FR;;;BU)`, 'Users'],
  [
    'everybody who is logged on, who may change it',
    `O:BAD:${OWN}(A;;WD;;;AU)`,
    'Authenticated Users',
  ],
  ['everybody, who may see that it is there', `O:BAD:${OWN}(A;;RC;;;WD)`, null],
  ['all users, from whom it was taken before', `O:BAD:(D;;FA;;;BU)${OWN}(A;;FR;;;BU)`, null],
  ['all, by what files made in it would have', `O:BAD:${OWN}(A;OICIIO;FR;;;WD)`, null],
  ['everybody, having no list', 'O:BA', 'everybody (it has no access list)'],
])('who may read what is for %s', (_whom, descriptor, expected) => {
  expect(whoMayRead(descriptor)).toBe(expected)
})
