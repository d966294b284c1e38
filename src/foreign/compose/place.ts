import { posix } from 'node:path'
import type { DraftService } from '../draft.ts'
import { ownDirectory, pathFrom } from '../source.ts'
import type { Node } from '../structure.ts'
import type { Around, Text } from './service.ts'

/** Where it starts: paths of the container are those of the machine only where a directory was mounted. */
export function setPlace(
  service: DraftService,
  node: Node,
  { source, directory }: Around,
  text: Text,
): void {
  const mounts = new Map<string, string>()
  for (const item of node.at('volumes')?.items() ?? []) {
    const short = text(item, 'volumes')?.split(':') ?? []
    const from =
      text(item.at('source'), 'volumes') ?? (short.length > 1 ? short[0] : undefined) ?? ''
    const to = text(item.at('target'), 'volumes') ?? short[1] ?? short[0] ?? ''
    if (/^[./~]/.test(from) && to !== '') mounts.set(posix.normalize(to), from)
    const why = 'there is no container to mount it in'
    service.lose('volumes', item.place, why, from === '' ? null : `the program finds it as ${from}`)
  }
  const build = node.at('build')
  const context = text(build, 'build') ?? text(build?.at('context') ?? null, 'build')
  const wanted = node.at('working_dir')
  const inside = text(wanted, 'working_dir')
  const mount = inside === null ? null : mountOf(posix.normalize(inside), mounts)
  if (mount !== null)
    service.set('cwd', pathFrom(directory, mount, source.base), {
      ...wanted,
      setting: 'working_dir',
    })
  else {
    if (wanted !== null)
      service.lose('working_dir', wanted.place, `${inside} is a directory of the container`, 'cwd')
    if (context !== null && !/^[a-z]+:\/\//.test(context)) {
      service.set('cwd', pathFrom(directory, context, source.base))
      service.note('It starts where its image was built.')
    } else service.set('cwd', ownDirectory(directory, source.base))
  }
  if (build !== null)
    service.lose('build', build.place, 'nothing is built', 'build it before: npm ci, make, …')
}

function mountOf(path: string, mounts: ReadonlyMap<string, string>): string | null {
  for (let at = path; ; at = posix.dirname(at)) {
    const from = mounts.get(at) ?? mounts.get(`${at}/`)
    if (from !== undefined)
      return posix.join(from, posix.relative(at, path)).replace(/^(?![./~])/, './')
    if (at === posix.dirname(at)) return null
  }
}
