/** Remote settings for verbs that look at a configuration: as a guard would read them now, and so told. */
import type { GuardFile } from '../config/guard-file.ts'
import type { Layer } from '../config/layers/layer.ts'
import { remoteInFile } from '../config/remote-settings.ts'
import type { RemoteReading } from '../model/remote-spec.ts'
import { configFiles } from '../platform/config-files.ts'
import {
  type GuardHomeOptions,
  guardHome,
  type LayerOptions,
  remoteCopyOf,
  remoteNamedBy,
} from './compose-guard-home.ts'
import type { Output } from './output.ts'

/**
 * Reads a configuration with what its remote source says now, or has said last.
 *
 * @throws what `load` throws, REMOTE_UNAVAILABLE
 */
export async function loadShown<T>(
  file: GuardFile,
  options: GuardHomeOptions & LayerOptions,
  load: (layer: Layer | null, watched: boolean) => T,
): Promise<{ readonly loaded: T; readonly remote: RemoteReading | null }> {
  const named = remoteNamedBy(options)
  const inFile = named === undefined ? remoteInFile(file, configFiles()) : null
  if (named === undefined && inFile === null) return { loaded: load(null, false), remote: null }
  const [{ loadWithRemote, namedRemote }, { REMOTE_SETTINGS }] = await Promise.all([
    import('./read-remote.ts'),
    import('../config/remote-schema.ts'),
  ])
  const spec = inFile ?? namedRemote(named as string, file.env, REMOTE_SETTINGS)
  const copy = remoteCopyOf(guardHome(options), file.path)
  return loadWithRemote(spec, { fetch: true, copy, byHand: true, older: true }, file.env, (layer) =>
    load(layer, spec.watch),
  )
}

/** For `--json`; nothing where there is no remote source. */
export function remoteObject(remote: RemoteReading | null) {
  if (remote === null) return {}
  const { name: source, said, readAt, lost, refused } = remote
  const trouble = lost ?? refused
  return {
    remote: { source, version: said?.version ?? null, readAt, isCopy: trouble !== null, trouble },
  }
}

/** Says where a kept copy stands for what the source says now. */
export function tellRemote(remote: RemoteReading | null, output: Output): void {
  const trouble = remote?.lost ?? remote?.refused ?? null
  if (remote === null || trouble === null) return
  const { name, said, readAt } = remote
  const used =
    said === null
      ? 'nothing of it is used'
      : `the last good copy is used: ${said.version}, read at ${readAt}`
  output.done(`${name}: ${trouble}; ${used}`)
}
