/**
 * Which of two semantic versions is the newer one, by the precedence of SemVer 2.0.0 §11: a release is
 * newer than its previews, and build metadata says nothing.
 *
 * @returns negative where `a` is older, 0 where they are the same, positive where it is newer
 */
export function versionOrder(a: string, b: string): number {
  const [left, right] = [parsed(a), parsed(b)]
  for (const [index, number] of left.numbers.entries()) {
    const difference = number - (right.numbers[index] ?? 0)
    if (difference !== 0) return difference
  }
  if (left.preview.length === 0 || right.preview.length === 0)
    return right.preview.length - left.preview.length
  return previewOrder(left.preview, right.preview)
}

function parsed(version: string): { numbers: readonly number[]; preview: readonly string[] } {
  const [withoutBuild = ''] = version.split('+')
  const at = withoutBuild.indexOf('-')
  const release = at === -1 ? withoutBuild : withoutBuild.slice(0, at)
  return {
    numbers: release.split('.').map(Number),
    preview: at === -1 ? [] : withoutBuild.slice(at + 1).split('.'),
  }
}

function previewOrder(a: readonly string[], b: readonly string[]): number {
  for (const [index, left] of a.entries()) {
    const right = b[index]
    if (right === undefined) return 1
    const difference = identifierOrder(left, right)
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

/** Numbers are compared as such, and are older than words; words by their bytes. */
function identifierOrder(a: string, b: string): number {
  const [left, right] = [/^\d+$/.test(a), /^\d+$/.test(b)]
  if (left && right) return Number(a) - Number(b)
  if (left !== right) return left ? -1 : 1
  return a < b ? -1 : a > b ? 1 : 0
}
