import type { LogonRegistry } from '../../src/model/ports/logon-registry.ts'
import type { RegistryValue } from '../../src/model/ports/service-control.ts'

/** A registry in memory, of a user or of the machine. The real one is asked in test/e2e/wine/run-keys.suite.ts. */
export interface SimulatedLogonRegistry extends LogonRegistry {
  /** Every value there is: `KEY\\NAME` to its text. */
  all(): Readonly<Record<string, string>>
  /** The write with this number, counted from 1, is refused. */
  refuseWrite(number: number): void
}

export function simulatedLogonRegistry(): SimulatedLogonRegistry {
  const keys = new Map<string, Map<string, RegistryValue>>()
  let writes = 0
  let refused = 0
  const same = (text: string): string => text.toLowerCase()
  return {
    read: (key, name) => keys.get(same(key))?.get(same(name)) ?? null,
    write(key, name, data) {
      writes += 1
      if (writes === refused) throw new Error('the registry is full')
      const values = keys.get(same(key)) ?? new Map<string, RegistryValue>()
      keys.set(same(key), values.set(same(name), { type: 'REG_SZ', data }))
    },
    remove(key, name) {
      keys.get(same(key))?.delete(same(name))
    },
    keys(key) {
      const start = `${same(key)}\\`
      const below = [...keys.keys()].filter((one) => one.startsWith(start))
      return [...new Set(below.map((one) => one.slice(start.length).split('\\')[0] as string))]
    },
    removeKey(key) {
      if (this.keys(key).length === 0) keys.delete(same(key))
    },
    all: () =>
      Object.fromEntries(
        [...keys].flatMap(([key, values]) =>
          [...values].map(([name, value]) => [
            `${key}\\${name}`,
            value.type === 'REG_SZ' ? value.data : value.type,
          ]),
        ),
      ),
    refuseWrite(number) {
      writes = 0
      refused = number
    },
  }
}
