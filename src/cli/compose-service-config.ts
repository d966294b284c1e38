/** The configuration of a program that is a service: its files, its variables, its command line. */
import { resolve } from 'node:path'
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

/** Files that name other files, which are read once more to be sure of them. */
const MOST_READS = 5

/** What the command line of a service says of its configuration; all else on it is the program's own. */
export interface ConfigArguments {
  readonly file: string | null
  readonly set: readonly string[]
}

/**
 * Looks for `--config FILE` and `--set a.b=value`, up to a `--`.
 *
 * @throws USAGE where nothing follows
 */
export function configArguments(argv: readonly string[]): ConfigArguments {
  const end = argv.indexOf('--')
  const words = (end === -1 ? argv : argv.slice(0, end)).values()
  const set: string[] = []
  let file: string | null = null
  for (const word of words) {
    const [, name, given] = /^--(config|set)(?:=(.*))?$/s.exec(word) ?? []
    if (name === undefined) continue
    const value = given ?? words.next().value
    if (value === undefined || value === '')
      throw new SteadError('USAGE', { problem: `--${name} needs a value` })
    if (name === 'set') set.push(value)
    else file = value
  }
  return { file, set }
}

export interface ServiceConfigParts {
  readonly schema: StandardSchemaV1
  /** As it was given; null where there is none. */
  readonly file: string | null
  readonly set: readonly string[]
}

/** Reads the layers of this process and machine. */
export function composeServiceConfig({
  schema,
  file,
  set,
}: ServiceConfigParts): ServiceConfiguration {
  // The program may change its working directory later.
  const path = file === null ? null : resolve(file)
  const disk = configFiles()
  const openSecret = secretOpener(keyFileOf(guardHome({})))
  let watcher: FileWatcher | null = null
  let followed: readonly string[] = path === null ? [] : [path]

  function read(): WrittenConfig {
    for (let reads = 1; ; reads += 1) {
      // First watched, then read: a change in between is not lost.
      watcher?.follow(followed)
      const written = readServiceConfig({ path, env: process.env, set, openSecret }, disk)
      const files = [...new Set(written.files)]
      const known = files.every((one) => followed.includes(one))
      followed = files
      if (watcher === null || known || reads === MOST_READS) return written
    }
  }

  return {
    load: async () => checkServiceConfig(read(), schema, path ?? 'the configuration'),
    watch(changed) {
      const { debounce } = CONFIG_POLICY
      watcher = watchFiles({ debounce, poll: null, changed })
      return () => {
        watcher?.close()
        watcher = null
      }
    },
  }
}
