import type { AuditLine } from '../../control/audit-chain.ts'
import type { AuditReport } from '../../control/audit-verify.ts'
import { isSteadError, SteadError } from '../../errors.ts'
import { parseDuration } from '../../model/duration.ts'
import { runVerb } from '../context.ts'
import { fileMeant, withGuardOf } from '../guard-access.ts'
import type { Output } from '../output.ts'
import { auditText } from '../present/audit-text.ts'
import type { FileOptions } from './guard-control.ts'

export interface AuditOptions extends FileOptions {
  readonly since?: string
}

/** What can be asked of an audit log, through its guard or, where none runs, in its files. */
interface Source {
  entries(since: number, limit: number): Promise<readonly AuditLine[]>
  verify(): Promise<AuditReport>
}

/** Entries in one answer. */
const MOST = 1_000

/** `audit`: who has changed what. `audit verify`: whether somebody has changed that. */
export function audit(what: string | undefined, options: AuditOptions): Promise<number> {
  if (what !== undefined && what !== 'verify') {
    const problem = `audit shows, audit verify makes sure; there is no ${JSON.stringify(what)}`
    throw new SteadError('USAGE', { problem, verb: 'audit' })
  }
  return runVerb(options, (output) =>
    withSource(options, (source) =>
      what === undefined ? show(source, options, output) : verify(source, output),
    ),
  )
}

async function withSource(
  options: FileOptions,
  use: (source: Source) => Promise<number>,
): Promise<number> {
  let reached = false
  const file = await fileMeant(options.file, options)
  try {
    return await withGuardOf(file, options, (client) => {
      reached = true
      return use({
        entries: (since, limit) => client.audit(since, limit),
        verify: () => client.verifyAudit(),
      })
    })
  } catch (error) {
    if (reached || !isSteadError(error, 'GUARD_NOT_RUNNING')) throw error
    const { storedTrail } = await import('../compose-audit.ts')
    return use(storedTrail(file, options))
  }
}

async function show(source: Source, options: AuditOptions, output: Output): Promise<number> {
  const { from, after } = sinceOf(options.since)
  for (let next = from; ; ) {
    const page = await source.entries(next, MOST)
    for (const entry of page) {
      if (after !== null && Date.parse(entry.at) < after) continue
      if (output.json) output.line(JSON.stringify(entry))
      else output.answer(auditText(entry))
    }
    const last = page.at(-1)
    if (last === undefined || page.length < MOST) return 0
    next = last.number + 1
  }
}

async function verify(source: Source, output: Output): Promise<number> {
  const report = await output.progress('reading the audit log', source.verify())
  if (output.json) output.object(report)
  const { entries, from, to, problems, torn } = report
  for (const { file, line, problem } of problems) {
    if (!output.json) output.answer(`${file}:${line}: ${problem}`)
  }
  if (problems.length > 0) throw new SteadError('AUDIT_BROKEN', { problems: problems.length })
  const what = entries === 0 ? 'no entries' : `${entries} entries, ${from} to ${to}`
  output.done(`the audit log is whole: ${what}`)
  if (torn !== null) {
    output.done(`${torn.file}:${torn.line} was being written when its guard was killed`)
  }
  return 0
}

/** A number of an entry, or so long ago, or a time. */
function sinceOf(text: string | undefined): { from: number; after: number | null } {
  if (text === undefined) return { from: 0, after: null }
  if (/^\d{1,15}$/.test(text)) return { from: Number(text), after: null }
  const ago = parseDuration(text)
  const at = ago === null ? Date.parse(text) : Date.now() - ago
  if (!Number.isNaN(at)) return { from: 0, after: at }
  const problem = `--since is the number of an entry, a time, or so long ago (10m), not ${JSON.stringify(text)}`
  throw new SteadError('USAGE', { problem, verb: 'audit' })
}
