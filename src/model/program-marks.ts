/** What a program carries in its environment, so that a guard that wrote nothing down finds it again. */
export const MARKS = {
  guard: 'STEAD_GUARD',
  service: 'STEAD_SERVICE',
  instance: 'STEAD_INSTANCE',
  incarnation: 'STEAD_INCARNATION',
} as const

/** Before the mark of a life, in the name of its control group. */
const PREFIX = 'stead.'

/** The value of `STEAD_INCARNATION`: the same for no two lives of this machine. */
export function incarnationMark(
  guardId: string,
  service: string,
  instance: number,
  incarnation: number,
): string {
  return `${guardId}.${service}.${instance}.${incarnation}`
}

/** The name of the control group of the life with that mark. */
export function groupName(mark: string): string {
  return `${PREFIX}${mark}`
}

/** The mark of the life whose control group has that name; null for a group that is not one of stead's. */
export function markOfGroup(name: string): string | null {
  return name.startsWith(PREFIX) && /\.\d+\.\d+$/.test(name) ? name.slice(PREFIX.length) : null
}

/**
 * The four variables that a program with that mark was given; null for a mark of another guard.
 *
 * @param mark {@link incarnationMark}
 */
export function marksOf(mark: string, guardId: string): Readonly<Record<string, string>> | null {
  if (!mark.startsWith(`${guardId}.`)) return null
  const parts = /^(.+)\.(\d+)\.\d+$/.exec(mark.slice(guardId.length + 1))
  if (parts === null) return null
  const [, service = '', instance = ''] = parts
  return {
    [MARKS.guard]: guardId,
    [MARKS.service]: service,
    [MARKS.instance]: instance,
    [MARKS.incarnation]: mark,
  }
}
