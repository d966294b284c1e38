/** What tests of installers ask of Windows Installer, which is Wine's, and its exit codes. */
import { windowsPath } from '../wine/prefix.ts'
import type { Windows } from './windows.ts'

/** ERROR_INSTALL_FAILURE; Unix keeps the low eight bits of an exit code. */
export const INSTALL_FAILURE = 1603 & 0xff

/** ERROR_INSTALL_FAILED, which Wine has for a failure that was taken back, where Windows has 1603. */
export const TAKEN_BACK_IN_WINE = 1627 & 0xff

/** ERROR_INSTALL_ALREADY_RUNNING. */
export const ALREADY_RUNNING = 1618 & 0xff

/** ERROR_PRODUCT_VERSION. */
export const NEWER_IS_INSTALLED = 1638 & 0xff

const CLASSES = 'HKEY_LOCAL_MACHINE\\Software\\Classes\\Installer'
const INSTALLER = 'HKEY_LOCAL_MACHINE\\Software\\Microsoft\\Windows\\CurrentVersion\\Installer'

/**
 * What Windows Installer has from its first work on, whatever it installs: a folder for its copies of packages, and keys
 * below which products stand. Each is there by its full name and empty: a value or a key in one of them is a residue.
 */
const KEPT = [
  '+ /windows/Installer d',
  ...[
    CLASSES,
    `${CLASSES}\\Features`,
    `${CLASSES}\\Products`,
    `${CLASSES}\\UpgradeCodes`,
    `${INSTALLER}\\UpgradeCodes`,
    `${INSTALLER}\\UserData`,
    // LocalSystem: products for the whole machine.
    `${INSTALLER}\\UserData\\S-1-5-18`,
    `${INSTALLER}\\UserData\\S-1-5-18\\Components`,
    `${INSTALLER}\\UserData\\S-1-5-18\\Products`,
  ].flatMap((key) => [`+ [${key}] [${key}]`, `+ [${key}] `]),
]

/** What differs from before, without what Windows Installer keeps for itself. */
export async function residue(windows: Windows, before: ReadonlySet<string>): Promise<string[]> {
  return (await windows.changedSince(before)).filter((line) => !KEPT.includes(line))
}

/** Calls msiexec without a window. @returns its exit code, of which eight bits are there */
export async function msiexec(
  windows: Windows,
  verb: '/i' | '/x',
  msi: string,
  ...properties: readonly string[]
): Promise<number | null> {
  return (await windows.run('msiexec.exe', verb, windowsPath(msi), '/qn', ...properties)).code
}
