/**
 * Calls that cannot be ended: getaddrinfo(3), and stat(2) on a server of files that is gone. Each takes a
 * thread of the pool of libuv, of which there are four by default; who asks the same again while one hangs
 * waits for that one.
 */
export function sharedCalls<T>(call: (of: string) => Promise<T>): (of: string) => Promise<T> {
  const underWay = new Map<string, Promise<T>>()
  return (of) => {
    const known = underWay.get(of)
    if (known !== undefined) return known
    const begun = call(of).finally(() => underWay.delete(of))
    underWay.set(of, begun)
    return begun
  }
}
