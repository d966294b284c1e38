import type { PackSpec } from '../model/pack-spec.ts'

/**
 * The name of a folder below Program Files: the name for people without what no name of a file on Windows may
 * have (Naming Files, Paths, and Namespaces), or the service's own name where nothing is left.
 */
export function folderName({ displayName, name }: PackSpec): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
  const text = displayName.replace(/[<>:"/\\|?*%\x00-\x1f]/g, ' ').replace(/\s+/g, ' ')
  const trimmed = text.replace(/^[ .]+|[ .]+$/g, '')
  return trimmed === '' || RESERVED.test(trimmed) ? name : trimmed
}

const RESERVED = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i

/** The numbers of a semantic version, each as large as Windows takes them (VS_FIXEDFILEINFO: 16 bits). */
export function versionNumbers(version: string): readonly [number, number, number] {
  const [major = 0, minor = 0, patch = 0] = (version.split(/[-+]/)[0] ?? '')
    .split('.')
    .map((digits) => Math.min(Number(digits) || 0, 65_535))
  return [major, minor, patch]
}
