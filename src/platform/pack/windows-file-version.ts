import { open, readFile } from 'node:fs/promises'
import { optionalPackage } from './optional-package.ts'

/**
 * The version in the resources of an executable, a library or an addon of Windows, as `1.2.3.4` (FILEVERSION of
 * VS_FIXEDFILEINFO, by which Windows Installer decides what is newer).
 *
 * @returns null for a file that has none
 */
export async function windowsFileVersion(path: string): Promise<string | null> {
  if (!(await isExecutable(path))) return null
  const { NtExecutable, NtExecutableResource, Resource } = await optionalPackage<
    typeof import('resedit')
  >('resedit', 'for executables of Windows')
  const bytes = await readFile(path)
  let resources: import('resedit').NtExecutableResource
  try {
    resources = NtExecutableResource.from(NtExecutable.from(bytes, { ignoreCert: true }))
  } catch {
    // No file that Windows would run: it is carried as it is.
    return null
  }
  const [info] = Resource.VersionInfo.fromEntries(resources.entries)
  if (info === undefined) return null
  const { fileVersionMS: high, fileVersionLS: low } = info.fixedInfo
  return [high >>> 16, high & 0xffff, low >>> 16, low & 0xffff].join('.')
}

/** `MZ`, with which such files begin. */
async function isExecutable(path: string): Promise<boolean> {
  const file = await open(path)
  try {
    const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0)
    return buffer.toString('latin1') === 'MZ'
  } finally {
    await file.close()
  }
}
