import { constants } from 'node:os'
import { accessControl } from '../../src/control/access.ts'
import { controlHandler } from '../../src/control/handler.ts'
import { xmlText } from '../../src/control/supervisor/encode-answer.ts'
import type { AccessRule } from '../../src/model/access.ts'
import type { AuditEntry } from '../../src/model/ports/audit.ts'
import type { ControlAnswer } from '../../src/model/ports/control-transport.ts'
import { readFilePiece } from '../../src/platform/file-pieces.ts'
import { type FakeGuard, fakeGuard } from './guard-api.ts'
import { type Response, readResponse } from './rpc-response.ts'

export const NOW = new Date('2026-01-01T00:01:00.000Z')

export interface RpcRoom {
  readonly guard: FakeGuard
  readonly entries: readonly AuditEntry[]
  /** Any request; parts of an answer that goes on are not read. */
  ask(method: string, target: string, body?: string): Promise<ControlAnswer>
  post(body: string): Promise<ControlAnswer>
  /** A call as a client makes it, and what it gets; throws for an answer that is not 200. */
  call(method: string, ...params: readonly unknown[]): Promise<Response>
}

/** Supervisor's methods over a fake guard, without a socket. The caller is root, or uid 1000 with roles. */
export function openRpcRoom(services = 3, rules: readonly Partial<AccessRule>[] = []): RpcRoom {
  const guard = fakeGuard(services)
  guard.rules = rules.map((rule) => ({
    role: 'viewer',
    users: ['1000'],
    groups: [],
    identities: [],
    services: [],
    labels: {},
    ...rule,
  }))
  const entries: AuditEntry[] = []
  const handler = controlHandler({
    api: guard,
    logs: { async *tail() {} },
    access: accessControl({
      current: () => guard.access(),
      owner: 0,
      uidOf: () => null,
      gidOf: () => null,
    }),
    audit: { append: (entry) => entries.push(entry) },
    trail: null,
    machine: { now: () => NOW, signals: constants.signals, readPiece: readFilePiece },
  })
  const uid = rules.length === 0 ? 0 : 1_000
  const gone = new AbortController().signal
  const ask = async (method: string, target: string, body = ''): Promise<ControlAnswer> =>
    handler({
      method,
      target,
      headers: {},
      body,
      caller: { uid, gid: uid, groups: [], pid: 7 },
      gone: () => gone,
    })
  return {
    guard,
    entries,
    ask,
    post: (body) => ask('POST', '/RPC2', body),
    async call(method, ...params) {
      const answer = await ask('POST', '/RPC2', callText(method, params))
      if (answer.status !== 200 || !('body' in answer)) {
        throw new Error(`${answer.status} ${'body' in answer ? answer.body : ''}`)
      }
      return readResponse(answer.body)
    },
  }
}

export function callText(method: string, params: readonly unknown[]): string {
  const all = params.map((param) => `<param>${valueText(param)}</param>`).join('')
  return `<?xml version='1.0'?>\n<methodCall>\n<methodName>${xmlText(method)}</methodName>\n<params>\n${all}</params>\n</methodCall>\n`
}

export function valueText(value: unknown): string {
  if (typeof value === 'boolean') return `<value><boolean>${value ? 1 : 0}</boolean></value>`
  if (typeof value === 'number') {
    const type = Number.isInteger(value) ? (Math.abs(value) < 2 ** 31 ? 'int' : 'i8') : 'double'
    return `<value><${type}>${value}</${type}></value>`
  }
  if (Array.isArray(value)) {
    return `<value><array><data>${value.map(valueText).join('')}</data></array></value>`
  }
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(
      ([name, one]) => `<member><name>${xmlText(name)}</name>${valueText(one)}</member>`,
    )
    return `<value><struct>${members.join('')}</struct></value>`
  }
  return `<value><string>${xmlText(String(value))}</string></value>`
}
