/**
 * A circle in who waits for whom, as the names along it with the first again at the end; null where
 * there is none. Takes time in proportion to the number of names and of dependencies, and no stack.
 */
export function findCycle(dependsOn: ReadonlyMap<string, readonly string[]>): string[] | null {
  const done = new Set<string>()
  for (const start of dependsOn.keys()) {
    if (done.has(start)) continue
    const trail = [start]
    const onTrail = new Map([[start, 0]])
    const next = [0]
    while (trail.length > 0) {
      const name = trail.at(-1) as string
      const other = dependsOn.get(name)?.[next.at(-1) as number]
      if (other === undefined) {
        done.add(name)
        onTrail.delete(name)
        trail.pop()
        next.pop()
        continue
      }
      next[next.length - 1] = (next.at(-1) as number) + 1
      const at = onTrail.get(other)
      if (at !== undefined) return [...trail.slice(at), other]
      if (done.has(other)) continue
      onTrail.set(other, trail.length)
      trail.push(other)
      next.push(0)
    }
  }
  return null
}
