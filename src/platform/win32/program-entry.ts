import { VERSION_RANK, versionRank } from '../../model/version-order.ts'
import { readValue, writeValue } from './registry.ts'

/** Where Windows looks for what stands in Add/Remove Programs. */
const UNINSTALL = 'Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall'

/** What a setup program of `stead pack` has left in the registry of the machine (docs/adr/0125). */
export interface ProgramEntry {
  /** The directory that was chosen at the installation. */
  readonly root: string
  /**
   * Shows another version, and tells the setup program of the next one where that is: what it has to
   * register again when it fails, and whose configuration goes on.
   */
  become(now: {
    readonly version: string
    readonly directory: string
    readonly executable: string
  }): void
}

/** @returns null where no setup program has installed a product of the name */
export function programEntry(product: string): ProgramEntry | null {
  const key = `${UNINSTALL}\\${product}`
  const textOf = (name: string): string | null => {
    const value = readValue(key, name)
    return value?.type === 'REG_SZ' ? value.data : null
  }
  const root = textOf('InstallLocation')
  if (root === null) return null
  const write = (name: string, data: string): void =>
    writeValue(key, '', name, { type: 'REG_SZ', data })
  return {
    root,
    become({ version, directory, executable }) {
      const registration = textOf('Registration')
      write('Current', directory)
      if (registration !== null)
        write(
          'Registration',
          registration.replace(/^"[^"]*"/, () => `"${executable}"`),
        )
      // First: a setup program of a version before this one is refused by it.
      write(VERSION_RANK, versionRank(version))
      write('DisplayVersion', version)
    },
  }
}
