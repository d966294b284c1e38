/** The configuration of a program that is a service: its files, its variables, its command line. */
import { resolve } from 'node:path'
import { recorded } from '../config/layers/kept-files.ts'
import type { Layer } from '../config/layers/layer.ts'
import {
  checkServiceConfig,
  readServiceConfig,
  type WrittenConfig,
} from '../config/service-config.ts'
import { SteadError } from '../errors.ts'
import { CONFIG_POLICY } from '../model/config-version.ts'
import type { ServiceConfiguration } from '../model/ports/service-configuration.ts'
import type { StandardSchemaV1 } from '../model/standard-schema.ts'
import { configFiles } from '../platform/config-files.ts'
import { type FileWatcher, watchFiles } from '../platform/watch-files.ts'
import { guardHome } from './compose-guard-home.ts'
import { keyFileOf, secretOpener } from './compose-secrets.ts'
import { serviceRemote } from './compose-service-remote.ts'
import { serviceSignature } from './compose-service-signature.ts'
import { signatureOf } from './compose-signature.ts'

/** Files that name other files, which are read once more to be sure of them. */
const MOST_READS = 5

/** What the command line of a service says of its configuration; all else on it is the program's own. */
export interface ConfigArguments {
  readonly file: string | null
  readonly set: readonly string[]
  /** A source of settings: an address, or a file that describes it. */
  readonly remote: string | null
  /** A file with the public keys, one of which has to have signed the configuration. */
  readonly keys: string | null
}

/**
 * Looks for `--config FILE`, `--remote SOURCE`, `--require-signature KEYS` and `--set a.b=value`, up to a `--`.
 *
 * @throws USAGE where nothing follows
 */
export function configArguments(argv: readonly string[]): ConfigArguments {
  const end = argv.indexOf('--')
  const words = (end === -1 ? argv : argv.slice(0, end)).values()
  const set: string[] = []
  let file: string | null = null
  let remote: string | null = null
  let keys: string | null = null
  for (const word of words) {
    const [, name, given] = /^--(config|remote|require-signature|set)(?:=(.*))?$/s.exec(word) ?? []
    if (name === undefined) continue
    const value = given ?? words.next().value
    if (value === undefined || value === '')
      throw new SteadError('USAGE', { problem: `--${name} needs a value` })
    if (name === 'set') set.push(value)
    else if (name === 'remote') remote = value
    else if (name === 'require-signature') keys = value
    else file = value
  }
  return { file, set, remote, keys }
}

export interface ServiceConfigParts {
  readonly schema: StandardSchemaV1
  /** As it was given; null where there is none. */
  readonly file: string | null
  readonly set: readonly string[]
  /** What names a remote source; null where there is none. */
  readonly remote: string | null
  /** The file of the public keys that are trusted; null where nothing has to be signed. */
  readonly keys: string | null
  /** What the service is called. */
  readonly name: string
}

/** Reads the layers of this process and machine. */
export function composeServiceConfig({
  schema,
  file,
  set,
  remote: named,
  keys,
  name,
}: ServiceConfigParts): ServiceConfiguration {
  // The program may change its working directory later.
  const path = file === null ? null : resolve(file)
  const disk = configFiles()
  const openSecret = secretOpener(keyFileOf(guardHome({})))
  let watcher: FileWatcher | null = null
  const signature =
    keys === null
      ? null
      : serviceSignature({ file: path, keys: resolve(keys), service: name, remote: named })
  const beside = signature === null || path === null ? [] : [signatureOf(path)]
  let followed: readonly string[] = path === null ? [] : [path]
  let tell: (text: string, severity: 4 | 6) => void = () => {}

  const remote = named === null ? null : serviceRemote({ named, service: name, keys })

  function read(layer: Layer | null): WrittenConfig {
    for (let reads = 1; ; reads += 1) {
      // First watched, then read: a change in between is not lost.
      watcher?.follow(followed)
      const texts = recorded(disk)
      const written = readServiceConfig(
        { path, env: process.env, set, openSecret, remote: layer },
        texts,
      )
      const files = [...new Set([...written.files, ...beside])]
      const known = files.every((one) => followed.includes(one))
      followed = files
      if (watcher !== null && !known && reads < MOST_READS) continue
      // What could not be read is told with its places.
      if (written.problems.length === 0) signature?.check(texts.sources)
      return written
    }
  }

  return {
    async load() {
      signature?.begin()
      const check = (layer: Layer | null) =>
        checkServiceConfig(read(layer), schema, path ?? 'the configuration')
      return remote === null ? check(null) : remote.load(check)
    },
    watch(changed) {
      const { debounce } = CONFIG_POLICY
      watcher = watchFiles({ debounce, poll: null, changed })
      const end = remote?.watch(changed)
      return () => {
        end?.()
        watcher?.close()
        watcher = null
      }
    },
    async taken() {
      await Promise.all([signature?.keep(), remote?.taken()]).catch((error: Error) => {
        tell(`what was signed is not kept: ${error.message}`, 4)
      })
    },
    onTold(call) {
      tell = call
      remote?.onTold(call)
    },
  }
}
