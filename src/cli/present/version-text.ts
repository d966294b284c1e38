import type { SettingChange } from '../../config/layers/compare-settings.ts'
import { shownPath } from '../../config/layers/named-values.ts'
import type { ConfigOutcome, ConfigVersion } from '../../model/config-version.ts'
import type { ConfigFacts } from '../../model/guard-status.ts'
import type { ApplyChange } from '../../model/ports/guard-api.ts'

const OUTCOMES: Readonly<Record<ConfigOutcome, string>> = {
  trial: 'on trial',
  good: 'good',
  'rolled-back': 'taken back',
  replaced: 'replaced',
}

/** Versions as a table for people, the newest first. */
export function versionTable(versions: readonly ConfigVersion[]): string {
  if (versions.length === 0) return 'no versions'
  const rows = versions
    .toReversed()
    .map(({ number, at, cause, by, outcome, changes, reason }) => [
      String(number),
      at.replace('T', ' ').slice(0, 19),
      cause,
      by,
      OUTCOMES[outcome],
      reason ?? changesText(changes),
    ])
  const all = [['VERSION', 'TAKEN (UTC)', 'CAUSE', 'BY', 'OUTCOME', 'WHAT'], ...rows]
  const widths = (all[0] ?? []).map((_, column) =>
    Math.max(...all.map((row) => (row[column] ?? '').length)),
  )
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** Which version it is, and how it came, on one line. */
export function versionText({ number, at, by, cause, outcome }: ConfigVersion): string {
  const taken = at.replace('T', ' ').slice(0, 19)
  return `version ${number}, ${OUTCOMES[outcome]}: ${cause} by ${by} at ${taken} UTC`
}

/** What a version has changed, shortly. */
export function changesText(changes: readonly ApplyChange[]): string {
  const told = changes.flatMap(({ service, action, settings }) => {
    if (action === 'nothing') return []
    if (action === 'add') return [`+${service}`]
    if (action === 'remove') return [`-${service}`]
    return [`${service} (${settings.join(', ')})`]
  })
  return told.length === 0 ? 'no service' : told.join(', ')
}

/** What two versions have differently, a line each; secrets are masked by then. */
export function changesTable(changes: readonly SettingChange[], from: number, to: number): string {
  if (changes.length === 0) return `versions ${from} and ${to} have the same settings`
  return changeLines(changes)
}

/** A line for each setting that is another one; secrets are masked by then. */
export function changeLines(changes: readonly SettingChange[]): string {
  return changes
    .map((change) => {
      const name = shownPath(change.path)
      const [before, after] = [JSON.stringify(change.before), JSON.stringify(change.after)]
      if (!('before' in change)) return `+ ${name}: ${after}`
      if (!('after' in change)) return `- ${name}: ${before}`
      // Of a secret that is another one both sides look alike.
      return before === after
        ? `~ ${name}: ${after}, another one`
        : `~ ${name}: ${before} → ${after}`
    })
    .join('\n')
}

/** What is worth telling of a guard's configuration; null where it runs what it was given. */
export function configNote({ version, outcome, refused }: ConfigFacts): string | null {
  if (refused !== null) {
    const reason = refused.reason === '' ? '' : `: ${refused.reason}`
    return `the configuration of ${refused.at} is not taken over${reason}`
  }
  return outcome === 'trial' ? `configuration ${version} is on trial` : null
}
