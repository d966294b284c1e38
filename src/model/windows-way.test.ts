import { describe, expect, test } from 'vitest'
import { highAccount, type WindowsStep, whoElseChanges } from './windows-way.ts'

const OWN = '(A;;FA;;;SY)(A;;FA;;;BA)'
/** As drive C has it: users may make folders in it. */
const DRIVE = `O:S-1-5-80-1D:P${OWN}(A;;LC;;;AU)(A;OICIIO;SDGXGWGR;;;AU)(A;OICI;FR;;;BU)`
const CLOSED = `O:BAD:P${OWN}(A;OICI;FR;;;BU)`
/** As a folder made on drive C inherits it. */
const MODIFIED = `O:BAD:AI${OWN}(A;OICIID;0x1301bf;;;AU)`
/** As ProgramData: users may add files. */
const ADDED = `O:BAD:AI${OWN}(A;OICIID;FR;;;BU)(A;CIID;DCLCRPCR;;;BU)`

const directory = (path: string, descriptor: string | null): WindowsStep => ({
  path,
  kind: 'directory',
  descriptor,
})
const file = (descriptor: string | null): WindowsStep => ({ path: 'f', kind: 'file', descriptor })
const missing: WindowsStep = { path: 'f', kind: 'missing', descriptor: null }
const drive = directory('C:\\', DRIVE)

describe('who else may change a file on Windows', () => {
  test.each<[string, readonly WindowsStep[], string | null]>([
    ['of administrators, below a drive', [drive, directory('d', CLOSED), file(CLOSED)], null],
    [
      'that users may change',
      [drive, directory('d', CLOSED), file(MODIFIED)],
      'f: Authenticated Users',
    ],
    [
      'in a folder where they may exchange it',
      [drive, directory('d', MODIFIED), file(CLOSED)],
      'd: Authenticated Users',
    ],
    [
      'below such a folder',
      [drive, directory('d', MODIFIED), directory('e', CLOSED), file(CLOSED)],
      'd: Authenticated Users',
    ],
    ['in a folder where they may add others', [drive, directory('d', ADDED), file(CLOSED)], null],
    [
      'that is not there, where they may add it',
      [drive, directory('d', ADDED), missing],
      'd: Users',
    ],
    ['that is not there, where nobody may', [drive, directory('d', CLOSED), missing], null],
    [
      'whose list is not told',
      [drive, directory('d', CLOSED), file(null)],
      'f: somebody (its access list is not told)',
    ],
    ['of everybody, having no list', [drive, file('O:BA')], 'f: everybody (it has no access list)'],
  ])('one %s', (_what, way, expected) => {
    const found = whoElseChanges(way)
    expect(found === null ? null : `${found.path}: ${found.who}`).toBe(expected)
  })
})

test.each<[string, readonly string[], string | null]>([
  ['S-1-5-18', [], 'LocalSystem'],
  ['S-1-5-19', ['S-1-5-6'], 'LocalService'],
  ['S-1-5-20', ['S-1-5-6'], 'NetworkService'],
  ['S-1-5-80-1-2', ['S-1-5-6'], 'the account of a service'],
  ['S-1-5-21-1-2-3-1001', ['S-1-5-6'], 'the account of a service'],
  ['S-1-5-21-1-2-3-1001', ['S-1-5-32-544'], 'an administrator'],
  ['S-1-5-21-1-2-3-1001', ['S-1-5-32-545', 'S-1-5-4'], null],
])('an account %s with %j is %s', (user, groups, expected) => {
  expect(highAccount({ user, groups })).toBe(expected)
})
