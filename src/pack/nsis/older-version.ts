/* biome-ignore-all lint/suspicious/noTemplateCurlyInString: macros of NSIS look like that */
import { VERSION_RANK, versionRank } from '../../model/version-order.ts'
import { nsisString, variable } from './nsis-text.ts'
import type { NsisParts } from './parts.ts'
import { settingVariable } from './verbs.ts'

/** What goes back to an older version, as `--allow-older` of an update does. */
export const ALLOW_OLDER = 'ALLOW_OLDER'

/** ERROR_PRODUCT_VERSION of <winerror.h>: another version is installed already. */
const OTHER_VERSION = 1638

/** CSTR_GREATER_THAN of <stringapiset.h>. */
const GREATER = 3

/**
 * Before anything is touched. NSIS can only tell whether texts are the same; CompareStringOrdinal
 * (Windows Vista) compares the ranks of versions as `versionOrder` does, without a language.
 */
export function refuseOlder({ spec, key }: NsisParts): string[] {
  const { version } = spec
  return [
    `  ReadRegStr $R1 HKLM "${key}" "${VERSION_RANK}"`,
    `  StrCpy $R2 ${nsisString(versionRank(version))}`,
    `  System::Call "kernel32::CompareStringOrdinal(w R1, i -1, w R2, i -1, i 0) i .R3"`,
    `  \${If} $R3 == ${GREATER}`,
    `  \${AndIf} $${settingVariable(ALLOW_OLDER)} != 1`,
    `    ReadRegStr $R1 HKLM "${key}" "DisplayVersion"`,
    `    StrCpy $Failure ${nsisString(
      ...[variable('(OlderVersion)'), variable('R1'), ` > ${version}\n`],
      ...[variable('(GoBack)'), `/${ALLOW_OLDER}=1`],
    )}`,
    '    Call Tell',
    `    SetErrorLevel ${OTHER_VERSION}`,
    '    Quit',
    '  ${EndIf}',
  ]
}
