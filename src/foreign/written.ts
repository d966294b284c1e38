/** Bytes as stead.yaml has them, without rounding: `52428800` is `50M`. */
export function sizeText(bytes: number): string | number {
  for (const [unit, size] of [
    ['G', 1024 ** 3],
    ['M', 1024 ** 2],
    ['K', 1024],
  ] as const) {
    if (bytes >= size && bytes % size === 0) return `${bytes / size}${unit}`
  }
  return bytes
}
