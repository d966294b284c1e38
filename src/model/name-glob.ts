/** `*` any text, `?` any character; everything else is itself. */
export function nameGlob(glob: string): RegExp {
  const escaped = glob.replace(/[\\^$.|+()[\]{}]/g, '\\$&')
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`)
}

export function isGlob(name: string): boolean {
  return name.includes('*') || name.includes('?')
}

/**
 * The names of a directory that a name of a file with `*` means, in their order; `?` is itself there. What
 * is hidden is not meant, unless the name begins with a dot too.
 */
export function namesMeant(names: readonly string[], pattern: string): string[] {
  const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  const fits = new RegExp(`^${parts.join('.*')}$`)
  return names.filter(
    (name) => fits.test(name) && (!name.startsWith('.') || pattern.startsWith('.')),
  )
}
