import type { AuditLine } from '../../control/audit-chain.ts'

/** An entry of the audit log as a line for people. */
export function auditText(entry: AuditLine): string {
  const { number, at, action, targets, detail = {}, result, of, errors = [] } = entry
  const what = [action, ...(targets.length === 0 ? [] : [targets.join(', ')])].join(' ')
  const more = Object.entries(detail).map(([key, value]) => `${key}=${wordOf(value)}`)
  const came = of === undefined ? result : `${result} (${of})`
  const parts = [what, ...more, ...(errors.length === 0 ? [] : [errors.join(', ')])]
  return `${String(number).padStart(5)} ${at} ${whoText(entry)}: ${parts.join(' ')}: ${came}`
}

function whoText({ uid, user, pid, command, identity, address }: AuditLine): string {
  if (identity !== undefined) return address === undefined ? identity : `${identity} (${address})`
  const name = user ?? (uid === null ? 'somebody' : `uid ${uid}`)
  const process = [...(command === null ? [] : [command]), ...(pid === null ? [] : [`pid ${pid}`])]
  return process.length === 0 ? name : `${name} (${process.join(', ')})`
}

function wordOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
