import { compareSettings, type SettingChange } from '../../config/layers/compare-settings.ts'
import { keptFiles } from '../../config/layers/kept-files.ts'
import type { Layer } from '../../config/layers/layer.ts'
import { loadSettings } from '../../config/layers/load-settings.ts'
import { shownPath } from '../../config/layers/named-values.ts'
import { remoteLayer } from '../../config/layers/remote-layer.ts'
import type { SourceTree } from '../../config/source/source-tree.ts'
import { SteadError } from '../../errors.ts'
import type { ConfigOutcome, ConfigSources } from '../../model/config-version.ts'
import { remoteInSources } from '../../model/remote-spec.ts'
import { type CommonOptions, runVerb } from '../context.ts'
import { withGuardOf } from '../guard-access.ts'
import { changesTable, changesText, versionTable } from '../present/version-text.ts'
import type { FileOptions } from './guard-control.ts'

/** `config history`: the configurations that a guard has taken. */
export function history(options: FileOptions): Promise<number> {
  return runVerb(options, (output) =>
    withGuardOf(options.file, options, async (client) => {
      const versions = await client.versions()
      if (output.json) output.object({ versions })
      else output.answer(versionTable(versions))
      return 0
    }),
  )
}

/** `config rollback N`: takes a version anew; the file stays as it is. */
export function rollback(number: string, options: FileOptions & CommonOptions): Promise<number> {
  return runVerb(options, (output) =>
    withGuardOf(options.file, options, async (client, { facts }) => {
      const version = versionOf(number)
      const changes = await output.progress('going back', client.rollback(version))
      if (output.json) output.object({ version, changes })
      output.done(`version ${version} is taken over again: ${changesText(changes)}`)
      if (facts.file !== null)
        output.done(`${facts.file} is as it was: change it before the next stead apply`)
      return 0
    }),
  )
}

/** `config diff [A] [B]`: what two versions have differently; the newest, and the one before it. */
export function diff(
  first: string | undefined,
  second: string | undefined,
  options: FileOptions,
): Promise<number> {
  return runVerb(options, (output) =>
    withGuardOf(options.file, options, async (client) => {
      const kept = await client.versions()
      const numbers = kept.map((one) => one.number)
      const to = second === undefined ? (numbers.at(-1) ?? 0) : versionOf(second)
      const from = first === undefined ? (numbers.at(-2) ?? to) : versionOf(first)
      const [before, after] = await Promise.all([
        client.versionSources(from),
        client.versionSources(to),
      ])
      const changes = compareSettings(treeOf(before), treeOf(after))
      if (output.json) output.object({ from, to, changes: changes.map(jsonChange) })
      else output.answer(changesTable(changes, from, to))
      return 0
    }),
  )
}

function jsonChange({ path, ...values }: SettingChange) {
  return { setting: shownPath(path), ...values }
}

/** As it was written: variables are not put in. */
function treeOf(sources: ConfigSources): SourceTree {
  const [[path, text] = ['', '']] = Object.entries(sources)
  const remote = remoteOf(sources)
  return loadSettings({ path, text, env: process.env, remote }, keptFiles(sources)).source.tree
}

/** What a remote source had said then. */
export function remoteOf(sources: ConfigSources): Layer | null {
  const kept = remoteInSources(sources)
  const made = kept === null ? null : remoteLayer(kept.name, kept.said)
  return made !== null && 'layer' in made ? made.layer : null
}

/** What has become of a version that is on trial; waits for it. */
export async function outcomeOf(client: Parameters<Parameters<typeof withGuardOf>[2]>[0]): Promise<{
  readonly version: number
  readonly outcome: ConfigOutcome
  readonly reason: string | null
}> {
  const signal = new AbortController()
  try {
    const { events } = await client.events(null, signal.signal)
    // Only now nothing that comes is missed.
    const taken = await client.versions()
    // It may have been taken back already, which is a version too.
    const asked = taken.findLast(({ cause }) => cause !== 'rollback')
    if (asked === undefined) return { version: 0, outcome: 'good', reason: null }
    const { number: version, outcome, reason } = asked
    if (outcome !== 'trial') return { version, outcome, reason }
    for await (const event of events) {
      if ('gap' in event || event.type !== 'config' || event.version !== version) continue
      return { version, outcome: event.outcome, reason: event.reason }
    }
    return { version, outcome, reason: 'the guard has ended' }
  } finally {
    signal.abort()
  }
}

export function versionOf(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  const problem = `a version is a number, not ${JSON.stringify(text)}: stead config history`
  throw new SteadError('USAGE', { problem, verb: 'config' })
}
