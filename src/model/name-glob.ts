/** `*` any text, `?` any character; everything else is itself. */
export function nameGlob(glob: string): RegExp {
  const escaped = glob.replace(/[\\^$.|+()[\]{}]/g, '\\$&')
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`)
}

export function isGlob(name: string): boolean {
  return name.includes('*') || name.includes('?')
}
