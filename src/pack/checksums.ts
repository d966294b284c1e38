/** A file with hashes, as sha256sum(1) writes and checks it. */
export function checksums(
  files: readonly { readonly name: string; readonly sha256: string }[],
): string {
  return [...files]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, sha256 }) => `${sha256}  ${name}\n`)
    .join('')
}

/** The files of such a list. @returns null where a line is not as sha256sum(1) writes it */
export function parseChecksums(
  text: string,
): readonly { readonly name: string; readonly sha256: string }[] | null {
  const lines = text.split('\n').filter((line) => line !== '')
  const files = lines.map((line) => {
    const [, sha256 = '', name = ''] = /^([0-9a-f]{64}) [ *]([^/\\]+)$/.exec(line) ?? []
    return { name, sha256 }
  })
  return files.length > 0 && files.every(({ name }) => name !== '') ? files : null
}
