import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ConfigSources, ConfigVersion } from '../model/config-version.ts'
import type { ConfigHistory } from '../model/ports/config-history.ts'

const MODE = 0o600
const DIRECTORY_MODE = 0o700
const NAME = /^(\d{6,})\.json$/

interface Stored {
  readonly version: ConfigVersion
  readonly sources: ConfigSources
}

/**
 * Versions as files of a directory that is its user's alone: `000012.json` has what is known of the
 * version, and its texts. What is damaged is as if it were not there.
 *
 * @param trouble told where something cannot be stored; the version is then known until the guard ends
 */
export function configHistory(
  directory: string,
  trouble: (text: string) => void = () => {},
): ConfigHistory {
  const all: Stored[] = readAll(directory)
  let newest = Math.max(0, ...all.map(({ version }) => version.number), ...numbersIn(directory))

  function store(one: Stored): void {
    const path = pathOf(directory, one.version.number)
    try {
      mkdirSync(directory, { recursive: true, mode: DIRECTORY_MODE })
      writeFileSync(`${path}.new`, JSON.stringify(one), { mode: MODE })
      renameSync(`${path}.new`, path)
    } catch (error) {
      trouble(`version ${one.version.number} of the configuration is not kept: ${String(error)}`)
    }
  }

  return {
    get versions() {
      return all.map(({ version }) => version)
    },
    append(told, sources, keep) {
      newest += 1
      const version = { ...told, number: newest, digest: digestOf(sources) }
      const stored = { version, sources }
      all.push(stored)
      store(stored)
      for (const old of all.splice(0, Math.max(0, all.length - keep)))
        rmSync(pathOf(directory, old.version.number), { force: true })
      return version
    },
    settle(number, outcome, reason) {
      const at = all.findIndex(({ version }) => version.number === number)
      const found = all[at]
      if (found === undefined) return
      const settled = { ...found, version: { ...found.version, outcome, reason } }
      all[at] = settled
      store(settled)
    },
    sourcesOf: (number) => all.find(({ version }) => version.number === number)?.sources ?? null,
    digestOf,
  }
}

function readAll(directory: string): Stored[] {
  return numbersIn(directory).flatMap((number) => {
    try {
      const stored = JSON.parse(readFileSync(pathOf(directory, number), 'utf8')) as Stored
      return stored.version.number === number && typeof stored.sources === 'object' ? [stored] : []
    } catch {
      return []
    }
  })
}

function numbersIn(directory: string): number[] {
  try {
    const found = readdirSync(directory).flatMap((name) => NAME.exec(name)?.[1] ?? [])
    return found.map(Number).sort((a, b) => a - b)
  } catch {
    return []
  }
}

function pathOf(directory: string, number: number): string {
  return join(directory, `${String(number).padStart(6, '0')}.json`)
}

function digestOf(sources: ConfigSources): string {
  return createHash('sha256')
    .update(JSON.stringify(Object.entries(sources)))
    .digest('hex')
}
