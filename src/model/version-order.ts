/**
 * Which of two semantic versions is the newer one, by the precedence of SemVer 2.0.0 §11: a release is
 * newer than its previews, and build metadata says nothing.
 *
 * @returns negative where `a` is older, 0 where they are the same, positive where it is newer
 */
export function versionOrder(a: string, b: string): number {
  const [left, right] = [versionRank(a), versionRank(b)]
  return left < right ? -1 : left > right ? 1 : 0
}

/** Where a setup program keeps the rank of what it has installed, and an update that of its own: beside DisplayVersion. */
export const VERSION_RANK = 'VersionRank'

/**
 * A text whose order among others, character by character, is that of the versions: for those who can
 * compare texts alone, such as a script of NSIS. Numbers have their length in front of them. Behind those
 * of the release is what kind of thing comes next: `0` a number, `1` a word, `2` nothing, which is a
 * release. The comma that ends an identifier comes before all that may be in one.
 */
export function versionRank(version: string): string {
  const [withoutBuild = ''] = version.split('+')
  const at = withoutBuild.indexOf('-')
  const release = at === -1 ? withoutBuild : withoutBuild.slice(0, at)
  const previews = at === -1 ? [] : withoutBuild.slice(at + 1).split('.')
  const rest = previews.map((word) => (/^\d+$/.test(word) ? `0${ranked(word)},` : `1${word},`))
  return release.split('.').map(ranked).join('') + (rest.join('') || '2')
}

function ranked(digits: string): string {
  return String(digits.length).padStart(3, '0') + digits
}
