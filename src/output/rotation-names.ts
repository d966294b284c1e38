/** One file that came of rotation: `api.log.3.gz` is number 3, packed. */
export interface RotatedName {
  readonly name: string
  readonly number: number
  readonly packed: boolean
}

/** The rotated files of `log` among `names` of its directory, newest first. */
export function rotatedNames(log: string, names: readonly string[]): RotatedName[] {
  const found: RotatedName[] = []
  for (const name of names) {
    if (!name.startsWith(`${log}.`)) continue
    const match = /^([1-9]\d{0,8})(\.gz)?$/.exec(name.slice(log.length + 1))
    if (match === null) continue
    found.push({ name, number: Number(match[1]), packed: match[2] !== undefined })
  }
  return found.sort((a, b) => a.number - b.number || Number(a.packed) - Number(b.packed))
}

export interface RotationPlan {
  readonly remove: readonly string[]
  /** In this order, so that none is overwritten. */
  readonly rename: readonly { readonly from: string; readonly to: string }[]
}

/**
 * What a rotation does with the files of `log`: those beyond `keep` go, the others move up, and the
 * log becomes number 1. With `keep` 0 the log itself goes.
 */
export function rotationPlan(log: string, names: readonly string[], keep: number): RotationPlan {
  const rotated = rotatedNames(log, names)
  const remove = rotated.filter(({ number }) => number >= keep).map(({ name }) => name)
  if (keep < 1) return { remove: [...remove, log], rename: [] }
  // A number that is free ends the moving: what is older stays where it is.
  const moving: RotatedName[] = []
  let next = 1
  for (const file of rotated) {
    if (file.number > next || file.number >= keep) break
    moving.push(file)
    next = file.number + 1
  }
  const moved = moving.reverse().map(({ name, number, packed }) => ({
    from: name,
    to: `${log}.${number + 1}${packed ? '.gz' : ''}`,
  }))
  // What the last one would overwrite is beyond the limit and removed already.
  return { remove, rename: [...moved, { from: log, to: `${log}.1` }] }
}
