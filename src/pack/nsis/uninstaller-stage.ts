/**
 * How the uninstaller comes into a setup program. It is made by makensis and is inside of what makensis makes, so a signed
 * one takes two runs: it is `taken out` of the first, without the files of the product, which take long to compress; it
 * is signed; and it is `put back` in the second.
 */
export type UninstallerStage = 'unsigned' | 'taken out' | 'put back'

/** Where it lies in between, beside the script. */
export const UNINSTALLER = 'uninstaller.exe'

/**
 * `!uninstfinalize` (NSIS 3.08) has makensis run a line for the system's shell when the uninstaller is made. There are
 * only constant words in it: `%1` is a name that makensis has given in the directory for temporary files, and the key and
 * its password are not part of this. makensis ends with an error where the copy fails.
 */
export function finalizeUninstaller(stage: UninstallerStage): string[] {
  if (stage === 'unsigned') return []
  const files = stage === 'taken out' ? `"%1" ${UNINSTALLER}` : `${UNINSTALLER} "%1"`
  return [
    '!ifdef NSIS_WIN32_MAKENSIS',
    `!uninstfinalize 'copy /b /y ${files}' = 0`,
    '!else',
    `!uninstfinalize 'cp ${files}' = 0`,
    '!endif',
  ]
}
