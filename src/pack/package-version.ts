/**
 * A semantic version as dpkg and rpm compare it the same way: a pre-release comes before its release, which
 * both write as `~`. A hyphen would begin the packager's revision (deb-version(7), rpm-version(7)).
 */
export function packageVersion(version: string): string {
  const [release = '', build] = version.split('+', 2)
  const at = release.indexOf('-')
  const text = at < 0 ? release : `${release.slice(0, at)}~${release.slice(at + 1)}`
  return (build === undefined ? text : `${text}+${build}`).replaceAll('-', '.')
}
