import type { AuditReader } from '../model/ports/audit-files.ts'
import { type AuditHead, type AuditLine, entryIn } from './audit-chain.ts'
import { type AuditReport, verifyAudit } from './audit-verify.ts'

/** What can be read of an audit log. */
export interface AuditTrail {
  /** Entries from number `since` on, oldest first, at most `limit`; lines that are none are left out. */
  entries(since: number, limit: number): Promise<readonly AuditLine[]>
  verify(): Promise<AuditReport>
}

/** @param head of the guard that writes it; null where none runs */
export function auditTrail(reader: AuditReader, head: () => AuditHead | null): AuditTrail {
  return {
    async entries(since, limit) {
      const found: AuditLine[] = []
      for (const name of reader.names()) {
        for (const line of (await reader.read(name)).split('\n')) {
          if (found.length >= limit) return found
          // Cheaper than what makes sure of it.
          const number = Number(/^\{"number":(\d{1,16}),/.exec(line)?.[1] ?? 0)
          const entry = number > 0 && number >= since ? entryIn(line) : null
          if (entry !== null) found.push(entry)
        }
      }
      return found
    },
    async verify() {
      const report = await verifyAudit(reader, head())
      // Files that were rotated between two reads look as if lines were missing, and do so once.
      return report.problems.length === 0 ? report : verifyAudit(reader, head())
    },
  }
}
