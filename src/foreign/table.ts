/** A table that has what is written in it, and not what every object has: names come out of foreign files. */
export function table<T>(entries: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.assign(Object.create(null), entries)
}
