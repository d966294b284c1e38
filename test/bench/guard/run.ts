/**
 * `npm run bench:guard`: stead beside other supervisors, in turn, in one run. Figures are printed and
 * not judged, but a peer whose programs do not start is an error. `-- --rows crash,start200 --peers
 * stead,floor --rounds N --quick --restarts N --write`.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { monotonic } from './arrivals.ts'
import { readDocument, replaceSection } from './document.ts'
import { describeMachine } from './machine.ts'
import { readOptions } from './options.ts'
import type { Peer } from './peer.ts'
import { PEERS } from './peers/all.ts'
import { provide } from './peers/debian.ts'
import type { Row, RowContext } from './row.ts'
import { ROWS } from './rows/all.ts'
import { type Measured, markdownTable } from './table.ts'
import { createWorkspace, ROOT, type Workspace } from './workspace.ts'

const BASE = 'floor'
const options = readOptions(
  process.argv.slice(2),
  ROWS.map(({ name }) => name),
  PEERS.map(({ name }) => name),
)
const work = createWorkspace()
const peers: Peer[] = []
const failures: string[] = []
const end = (): never => {
  work.close()
  process.exit(1)
}
process.once('SIGINT', end).once('SIGTERM', end)
try {
  const versions = await findPeers(work)
  const context: RowContext = { work, quick: options.quick, restarts: options.restarts }
  const words = process.argv.slice(2).filter((word) => word !== '--write')
  const command = ['npm run bench:guard', ...(words.length > 0 ? ['--', ...words] : [])].join(' ')
  const machine = describeMachine(command, versions)
  console.log(`\n${machine}\n`)
  const sections: { name: string; text: string }[] = []
  for (const row of ROWS.filter(({ name }) => options.rows.includes(name))) {
    const text = await measureRow(row, context)
    console.log(`${text}\n`)
    sections.push({ name: row.name, text: `${machine}\n\n${text}` })
  }
  if (options.write) {
    const path = join(ROOT, 'docs', 'performance.md')
    const written = sections.reduce(
      (document, { name, text }) => replaceSection(document, `guard-${name}`, text),
      readDocument(path),
    )
    writeFileSync(path, written)
  }
} finally {
  for (const peer of peers) await peer.close?.()
  work.close()
}
for (const failure of failures) console.error(`failed: ${failure}`)
process.exitCode = failures.length > 0 ? 1 : 0

async function findPeers(workspace: Workspace): Promise<Map<string, string>> {
  const versions = new Map<string, string>()
  for (const peer of PEERS.filter(({ name }) => options.peers.includes(name))) {
    try {
      provide(peer.packages)
      versions.set(peer.name, await peer.find(workspace))
      peers.push(peer)
    } catch (error) {
      console.log(`${peer.name}: left out, ${(error as Error).message}`)
    }
  }
  return versions
}

/** All peers in turn in each round, each round beginning with another one. */
async function measureRow(row: Row, context: RowContext): Promise<string> {
  const rounds = options.rounds ?? (options.quick ? 1 : row.rounds)
  const samples = new Map<Peer, Record<string, number[]>>()
  const spent = new Map<Peer, number>()
  const out = new Set<Peer>()
  const reasons = new Map<Peer, string>()
  for (const peer of peers) {
    const reason = options.named && row.namedTakePart ? null : row.leavesOut(peer)
    if (reason !== null) reasons.set(peer, reason)
  }
  const taking = peers.filter((peer) => !reasons.has(peer))
  for (let round = 0; round < rounds; round += 1) {
    const turn = round % Math.max(1, taking.length)
    for (const peer of [...taking.slice(turn), ...taking.slice(0, turn)]) {
      if (out.has(peer) || (spent.get(peer) ?? 0) > row.patience) continue
      const begin = monotonic()
      try {
        const measured = await row.run(peer, context)
        const known = samples.get(peer) ?? {}
        for (const [key, values] of Object.entries(measured)) {
          known[key] = [...(known[key] ?? []), ...values]
        }
        samples.set(peer, known)
      } catch (error) {
        failures.push(`${row.name}, ${(error as Error).message}`)
        console.error(`${row.name}, ${peer.name}: ${(error as Error).stack}`)
        out.add(peer)
      }
      const took = monotonic() - begin
      spent.set(peer, (spent.get(peer) ?? 0) + took)
      console.error(
        `${row.name} ${round + 1}/${rounds} ${peer.name}: ${(took / 1000).toFixed(1)} s`,
      )
    }
  }
  const measured: Measured[] = taking
    .filter((peer) => !out.has(peer))
    .map((peer) => ({
      peer: peer.name,
      samples: samples.get(peer) ?? {},
      notes: peer.note === undefined ? [] : [peer.note],
    }))
  const left = peers.flatMap((peer) => {
    const reason = out.has(peer) ? 'it failed' : reasons.get(peer)
    return reason === undefined ? [] : [`${peer.name} is left out: ${reason}.`]
  })
  const table = markdownTable(row.figures, measured, BASE)
  return [`### ${row.title}`, row.about, table, ...left].join('\n\n')
}
