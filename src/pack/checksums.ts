/** A file with hashes, as sha256sum(1) writes and checks it. */
export function checksums(
  files: readonly { readonly name: string; readonly sha256: string }[],
): string {
  return [...files]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, sha256 }) => `${sha256}  ${name}\n`)
    .join('')
}
