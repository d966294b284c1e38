import { describe, expect, test } from 'vitest'
import { whoMayReplace } from './replaceable.ts'
import { parseSddl, SERVICE_RIGHTS, sameAccess } from './sddl.ts'

/** As Windows 10 and Windows Server have them, by icacls and Get-Acl. */
const PROGRAM_FILES =
  'O:S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464G:S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464D:PAI(A;;0x1301bf;;;SY)(A;OICIIO;GA;;;SY)(A;;0x1301bf;;;BA)(A;OICIIO;GA;;;BA)(A;;0x1200a9;;;BU)(A;OICIIO;GXGR;;;BU)(A;OICIIO;GA;;;CO)(A;;0x1200a9;;;AC)(A;OICIIO;GXGR;;;AC)'
const SYSTEM_DRIVE =
  'O:S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464D:PAI(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)(A;OICI;0x1200a9;;;BU)(A;OICIIO;SDGXGWGR;;;AU)(A;;LC;;;AU)'
const MADE_ON_DRIVE_C =
  'O:BAG:S-1-5-21-1-2-3-513D:AI(A;OICIID;FA;;;BA)(A;OICIID;FA;;;SY)(A;OICIID;0x1200a9;;;BU)(A;ID;0x1301bf;;;AU)(A;OICIIOID;SDGXGWGR;;;AU)'
const FILE_ON_DRIVE_C =
  'O:BAD:AI(A;ID;FA;;;BA)(A;ID;FA;;;SY)(A;ID;0x1200a9;;;BU)(A;ID;0x1301bf;;;AU)'
const PROGRAM_DATA =
  'O:SYG:SYD:PAI(A;OICIIO;GA;;;CO)(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1200a9;;;BU)(A;CI;DCLCRPCR;;;BU)'
const PROFILE = 'O:SYD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;S-1-5-21-1-2-3-1001)'

describe('a program can be replaced', () => {
  test.each<[string, string, 'file' | 'folder' | 'ancestor', string | null]>([
    ['below Program Files by nobody', PROGRAM_FILES, 'folder', null],
    ['nor through Program Files itself', PROGRAM_FILES, 'ancestor', null],
    ['not through the root, where users may only add folders', SYSTEM_DRIVE, 'ancestor', null],
    ['in a folder made on drive C', MADE_ON_DRIVE_C, 'folder', 'Authenticated Users'],
    ['in a file made on drive C', FILE_ON_DRIVE_C, 'file', 'Authenticated Users'],
    ['through a folder made on drive C', MADE_ON_DRIVE_C, 'ancestor', 'Authenticated Users'],
    ['in ProgramData, where users may add files', PROGRAM_DATA, 'folder', 'Users'],
    ['not through ProgramData, where they may exchange none', PROGRAM_DATA, 'ancestor', null],
    ['in a profile by its user alone', PROFILE, 'folder', null],
    ['as Wine shows /tmp', 'O:S-1-5-21-0-0-0-1000D:(A;OICI;0x1301ff;;;WD)', 'ancestor', 'Everyone'],
    ['as Wine shows a file of 0644', 'D:(A;;FA;;;SY)(A;;0x1200a9;;;WD)', 'file', null],
    [
      'where there is no list',
      'O:BAD:NO_ACCESS_CONTROL',
      'file',
      'everybody (it has no access list)',
    ],
    ['where the list is missing', 'O:BA', 'file', 'everybody (it has no access list)'],
    ['where nobody may anything', 'O:BAD:', 'file', null],
    ['by generic rights', 'D:(A;;GW;;;IU)', 'file', 'INTERACTIVE'],
    ['by all rights', 'D:(A;;GA;;;BU)', 'ancestor', 'Users'],
    ['by who may write the list', 'D:(A;;WD;;;BG)', 'file', 'Guests'],
    ['by who may take it over', 'D:(A;;WO;;;WD)', 'ancestor', 'Everyone'],
    [
      'where the list is not understood',
      'D:(?)',
      'file',
      'somebody (its access list is not understood)',
    ],
    ['by its owner', 'O:BUD:(A;;FR;;;WD)', 'file', 'Users'],
    ['by users of a domain', 'D:(A;;FA;;;S-1-5-21-1-2-3-513)', 'file', 'Domain Users'],
    ['not by what is only inherited', 'D:(A;OICIIO;FA;;;WD)', 'folder', null],
    ['not where it is denied first', 'D:(D;;FW;;;BU)(A;;FW;;;BU)', 'file', null],
    ['where it is denied too late', 'D:(A;;FW;;;BU)(D;;FW;;;BU)', 'file', 'Users'],
    ['where something else is denied', 'D:(D;;FR;;;BU)(A;;FA;;;BU)', 'file', 'Users'],
    ['under a condition', 'D:(XA;;FA;;;WD;(@User.Title=="PM"))', 'file', 'Everyone'],
    ['not by who is audited', 'D:(A;;FR;;;WD)S:(AU;SAFA;FA;;;WD)', 'file', null],
  ])('%s', (_, descriptor, part, expected) => {
    expect(whoMayReplace(descriptor, part)).toBe(expected)
  })
})

test.each([
  '',
  'hello',
  'D:(A;;ZZ;;;WD)',
  'D:(A;;GA)',
  'D:(A;;GA;;;WD',
  'D:A;;GA;;;WD)',
  'D:(A;;GA;;;)',
  'D:XX(A;;GA;;;WD)',
  'D:(A;;GA;;;WD)D:(A;;GA;;;BA)',
])('%j is no descriptor', (text) => {
  expect(parseSddl(text)).toBeNull()
})

test('two texts that say the same are the same', () => {
  const asked = 'D:(A;;GA;;;BA)(A;;GR;;;AU)'
  const told = 'D:(A;;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;BA)(A;;CCLCSWLORC;;;S-1-5-11)'
  expect(sameAccess(asked, told, SERVICE_RIGHTS)).toBe(true)
  expect(sameAccess(asked, told.replace('CCLCSWLORC', 'CCLCSWLO'), SERVICE_RIGHTS)).toBe(false)
  expect(sameAccess(asked, 'D:(A;;GR;;;AU)(A;;GA;;;BA)', SERVICE_RIGHTS)).toBe(false)
})
