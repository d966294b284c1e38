import { constants } from 'node:os'
import { expect, test } from 'vitest'
import { accessControl } from '../../../src/control/access.ts'
import { controlHandler } from '../../../src/control/handler.ts'
import { errorTable } from '../../../src/errors.ts'
import type { AccessRule } from '../../../src/model/access.ts'
import type { AuditEntry } from '../../../src/model/ports/audit.ts'
import type { ControlAnswer } from '../../../src/model/ports/control-transport.ts'
import type { Selection } from '../../../src/model/ports/guard-api.ts'
import { type FakeGuard, fakeGuard } from '../../fakes/guard-api.ts'
import { type FuzzedRequest, fuzzedRequest } from './fuzzed-request.ts'
import { problemsOf } from './openapi.ts'

const INPUTS = 100_000
/** One of so many answers is held against the OpenAPI document. */
const HELD = 20
const STATUSES = new Set([200, 400, 403, 404, 405, 409])
const UNKNOWN = new Set(['stranger', 'nobody', 'liar'])
const MINE = 'svc-1'
const OTHERS = /svc-[02]/

const rule = (given: Partial<AccessRule>): AccessRule => ({
  ...{ role: 'viewer', users: [], groups: [], identities: [], services: [MINE], labels: {} },
  ...given,
})
const RULES = [
  rule({ users: ['1001'] }),
  rule({ role: 'operator', groups: ['50'] }),
  rule({ role: 'admin', users: ['1003'] }),
  rule({ identities: ['token ci'], services: [] }),
]

test('100,000 requests: no crash, no failure, no change and no look without authorisation', async () => {
  const only = process.env.STEAD_SEED
  const [first, last] = only === undefined ? [1, INPUTS] : [Number(only), Number(only)]
  const guard = fakeGuard(3)
  guard.rules = RULES
  for (const id of ['svc-0', MINE]) guard.log.append({ type: 'added', id })
  const entries: AuditEntry[] = []
  const handler = controlHandler({
    api: guard,
    logs: { async *tail() {} },
    access: accessControl({
      current: () => guard.access(),
      owner: 900,
      uidOf: () => null,
      gidOf: () => null,
    }),
    audit: { append: (entry) => entries.push(entry) },
    trail: null,
    machine: {
      now: () => new Date(0),
      signals: constants.signals,
      readPiece: async () => ({ text: '', size: 0 }) as never,
    },
  })
  const seen = { changes: 0, refusals: 0, answers: 0 }
  for (let seed = first; seed <= last; seed += 1) {
    const request = fuzzedRequest(seed)
    guard.calls.length = 0
    entries.length = 0
    try {
      const answer = await handler({ ...request, gone: () => AbortSignal.abort() })
      const text = await textOf(answer)
      check(request, answer, text, guard, entries)
      if (seed % HELD === 0) expect(problemsOf(request, answer)).toEqual([])
      seen.changes += guard.calls.length
      seen.refusals += answer.status === 403 ? 1 : 0
      seen.answers += answer.status === 200 ? 1 : 0
    } catch (error) {
      throw new Error(`STEAD_SEED=${seed} replays it: ${JSON.stringify(request)}`, { cause: error })
    }
  }
  if (only !== undefined) return
  // What is refused at the first look would prove nothing.
  expect(seen.changes).toBeGreaterThan(1_000)
  expect(seen.refusals).toBeGreaterThan(10_000)
  expect(seen.answers).toBeGreaterThan(10_000)
}, 300_000)

function check(
  { who, method, target, body }: FuzzedRequest,
  answer: ControlAnswer,
  text: string,
  guard: FakeGuard,
  entries: readonly AuditEntry[],
): void {
  // Plain comparisons: an `expect` for each of them takes longer than what is tested.
  const claim = (holds: boolean, what: string): void => {
    if (!holds) throw new Error(`${what}: ${answer.status} ${text.slice(0, 500)}`)
  }
  claim(STATUSES.has(answer.status), 'a status that is not expected')
  if (answer.status !== 200) {
    const { error } = JSON.parse(text) as { error: { code: string; hint: string } }
    claim(Object.hasOwn(errorTable, error.code) && error.code !== 'INTERNAL', 'an unknown error')
    claim(error.hint !== '', 'an error without a hint')
  }
  if (UNKNOWN.has(who)) {
    claim(answer.status !== 200, `${who} got an answer`)
    claim(guard.calls.length === 0, `${who} changed something`)
  }
  const isLimited = who === 'viewer' || who === 'operator' || who === 'admin'
  // What was asked for by name may be told back: that there is no such thing.
  if (isLimited && answer.status === 200 && !OTHERS.test(target) && !OTHERS.test(body)) {
    claim(!OTHERS.test(text), `${who} saw what it may not`)
  }
  for (const { name, args } of guard.calls) {
    claim(method === 'POST', `${name} by ${method}`)
    if (who === 'owner' || who === 'root') continue
    claim(mayCall(who, name, args), `${who}: ${name} ${JSON.stringify(args)}`)
  }
  if (guard.calls.length === 0) return
  const changes = guard.calls.filter(({ name }) => name !== 'beat')
  const isDry = (one: { args: readonly unknown[] }): boolean =>
    (one.args[0] as { dryRun?: boolean } | undefined)?.dryRun === true
  const noted = entries.filter(({ result }) => result === 'asked').length
  claim(noted >= changes.filter((one) => !isDry(one)).length, 'a change that is not noted down')
}

/** Told anew, and apart from what decides: which calls come through for whom. */
function mayCall(who: string, name: string, args: readonly unknown[]): boolean {
  const onMine = (selection: unknown): boolean => {
    const { names, only } = selection as Selection
    const isMine = (one: string): boolean => one === MINE || one === `${MINE}@1` || one === 'svc-*'
    return only !== undefined && [...only].every((one) => one === MINE) && names.every(isMine)
  }
  const operates = who === 'operator' || who === 'admin'
  switch (name) {
    case 'act':
      return operates && onMine(args[1])
    case 'signal':
    case 'clearLogs':
      return operates && onMine(args[0])
    case 'beat':
    case 'setParameters':
      return operates && args[0] === MINE
    case 'scale':
      return who === 'admin' && args[0] === MINE
    default:
      return false
  }
}

async function textOf(answer: ControlAnswer): Promise<string> {
  if ('body' in answer) return answer.body
  let text = ''
  for await (const part of answer.parts) text += part
  return text
}
