import { closeSync, fstatSync } from 'node:fs'
import type { DescriptorStore } from '../../model/ports/descriptor-store.ts'
import type { ProgramNotices } from '../../model/ports/program-notices.ts'

interface Kept {
  readonly name: string
  readonly fd: number
  readonly file: string
  readonly unwatch: () => void
}

export function descriptorStore({
  watchHangUp,
}: Pick<ProgramNotices, 'watchHangUp'>): DescriptorStore {
  const stores = new Map<string, Kept[]>()

  function remove(id: string, goes: (one: Kept) => boolean): void {
    const kept = stores.get(id) ?? []
    for (const one of kept.filter(goes)) {
      one.unwatch()
      closeSync(one.fd)
    }
    const rest = kept.filter((one) => !goes(one))
    if (rest.length === 0) stores.delete(id)
    else stores.set(id, rest)
  }

  return {
    keep(id, descriptors, { name, most, polls }) {
      for (const fd of descriptors) {
        const kept = stores.get(id) ?? []
        const { dev, ino } = fstatSync(fd, { bigint: true })
        const file = `${dev}:${ino}`
        const isThere = kept.some((one) => one.name === name && one.file === file)
        if (isThere || kept.length >= most) {
          closeSync(fd)
          continue
        }
        const gone = (): void => remove(id, (one) => one.fd === fd)
        kept.push({ name, fd, file, unwatch: polls ? watchHangUp(fd, gone) : () => {} })
        stores.set(id, kept)
      }
    },
    giveUp: (id, name) => remove(id, (one) => name === undefined || one.name === name),
    of: (id) => (stores.get(id) ?? []).map(({ name, fd }) => ({ name, fd })),
  }
}
