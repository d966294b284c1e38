import type { Caller } from '../../../src/model/ports/guard-api.ts'
import { seededRandom } from '../../fakes/seeded-random.ts'

export interface FuzzedRequest {
  readonly who: keyof typeof CALLERS
  readonly caller: Caller
  readonly method: string
  readonly target: string
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: string
}

/** Who asks; `viewer` sees svc-1, `operator` operates it, `admin` administers it alone, `stranger` has no role. */
export const CALLERS = {
  owner: { uid: 900, gid: 900, groups: [], pid: 1 },
  root: { uid: 0, gid: 0, groups: [], pid: 2 },
  viewer: { uid: 1_001, gid: 1_001, groups: [], pid: 3 },
  operator: { uid: 1_002, gid: 1_002, groups: [50], pid: 4 },
  admin: { uid: 1_003, gid: 1_003, groups: [], pid: 5 },
  stranger: { uid: 1_004, gid: 1_004, groups: [51], pid: 6 },
  nobody: { uid: null, pid: null },
  token: { uid: null, pid: null, identity: 'token ci' },
  liar: { uid: 0, gid: 0, groups: [], pid: 7, identity: 'token none' },
} satisfies Readonly<Record<string, Caller>>

const WHO = Object.keys(CALLERS) as (keyof typeof CALLERS)[]
const METHODS = ['GET', 'POST', 'GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'get', '', '\0']
const PATHS = [
  '/v1',
  '/v1/status',
  '/v1/services/ID',
  '/v1/services/ID/logs',
  '/v1/services/ID/beat',
  '/v1/services/ID/VERB',
  '/v1/usage',
  '/v1/groups',
  '/v1/graph',
  '/v1/history',
  '/v1/events',
  '/v1/audit',
  '/v1/audit/verify',
  '/v1/services/ID/parameters',
  '/v1/signal',
  '/v1/scale',
  '/v1/apply',
  '/v1/config/versions',
  '/v1/config/versions/1',
  '/v1/config/rollback',
  '/v1/shutdown',
  '/v1/VERB',
  '/metrics',
  '/RPC2',
  '/logtail/ID',
  '/logtail/ID/stdout',
  '/mainlogtail',
  '/',
  '',
]
const IDS = [
  'svc-0',
  'svc-1',
  'svc-2',
  'svc-1@1',
  'svc-*',
  '*',
  '',
  '..',
  '%',
  '%00',
  '%2e%2e',
  '__proto__',
]
const VERBS = [
  'start',
  'stop',
  'restart',
  'reload',
  'pause',
  'resume',
  'once',
  'hold',
  'constructor',
  'VERB',
]
const ODD = [
  '',
  '\0',
  '💥',
  'a'.repeat(300),
  '-1',
  '1e9',
  'NaN',
  '9'.repeat(30),
  '%zz',
  'a=b',
  '=',
  '__proto__',
]
const FIELDS = [
  'names',
  'labels',
  'wait',
  'rolling',
  'signal',
  'to',
  'service',
  'instances',
  'text',
  'dryRun',
  'keep',
  '__proto__',
  'constructor',
  'only',
]
/** What belongs into the body of what is posted. */
const OWN: Readonly<Record<string, readonly string[]>> = {
  '/v1/services/ID/beat': [],
  '/v1/services/ID/parameters': ['set', 'reset', 'for'],
  '/v1/services/ID/VERB': ['wait', 'rolling'],
  '/v1/signal': ['names', 'signal', 'to'],
  '/v1/scale': ['service', 'instances'],
  '/v1/apply': ['text', 'dryRun', 'trial'],
  '/v1/config/rollback': ['version'],
  '/v1/shutdown': ['keep'],
  '/v1/VERB': ['names', 'labels', 'wait'],
  '/RPC2': [],
}
const RPC = [
  'supervisor.getAllProcessInfo',
  'supervisor.stopProcess',
  'supervisor.startAllProcesses',
  'supervisor.shutdown',
  'supervisor.reloadConfig',
  'supervisor.signalProcess',
  'supervisor.clearProcessLogs',
  'supervisor.addProcessGroup',
  'supervisor.removeProcessGroup',
  'system.multicall',
  'system.listMethods',
  'nothing',
]

/** A request that a seed repeats: mostly near what a guard knows, since what is far is soon refused. */
export function fuzzedRequest(seed: number): FuzzedRequest {
  const { below, chance, pick } = seededRandom(seed)
  const who = pick(WHO)

  const pattern = pick(PATHS)

  const id = (): string => (chance(0.7) ? `svc-${below(3)}` : pick(IDS))
  const odd = (): string => (chance(0.7) ? pick(IDS) : pick(ODD))
  const value = (depth = 0): unknown => {
    switch (below(depth > 2 ? 7 : 9)) {
      case 0:
        return null
      case 1:
        return chance(0.5)
      case 2:
        return below(20) - 2
      case 3:
        return pick([0.5, 1e300, -0, Number.MAX_SAFE_INTEGER])
      case 4:
      case 5:
        return odd()
      case 6:
        return pick(['SIGHUP', 'SIGKILL', 'leader', 'group', 'tree'])
      case 7:
        return Array.from({ length: below(4) }, () => value(depth + 1))
      default:
        return Object.fromEntries([[odd(), value(depth + 1)]])
    }
  }
  /** Of a field by its name, as it should be. */
  const fitting = (field: string): unknown => {
    switch (field) {
      case 'names':
        return Array.from({ length: below(3) }, id)
      case 'labels':
        return { tier: pick(['front', 'back']) }
      case 'signal':
        return 'SIGHUP'
      case 'to':
        return pick(['leader', 'group', 'tree'])
      case 'service':
        return id()
      case 'instances':
        return below(5)
      case 'text':
        return 'services: {}'
      default:
        return chance(0.5)
    }
  }
  const jsonBody = (): string => {
    const own = OWN[pattern]
    const near = own !== undefined && chance(0.6)
    const chosen = near ? own : FIELDS.filter(() => chance(0.2))
    const fields = chosen.map((field) => {
      const one = near || chance(0.7) ? fitting(field) : value()
      return `${JSON.stringify(field)}:${JSON.stringify(one)}`
    })
    const text = `{${fields.join()}}`
    return chance(0.9) ? text : text.slice(0, below(text.length + 1))
  }
  const rpcBody = (): string => {
    const params = Array.from({ length: below(3) }, () =>
      chance(0.7) ? `<string>${id()}</string>` : `<int>${pick(ODD)}</int>`,
    )
    const inner = params.map((one) => `<param><value>${one}</value></param>`).join('')
    const name = `<methodName>${pick(RPC)}</methodName>`
    const text = `<?xml version="1.0"?><methodCall>${name}<params>${inner}</params></methodCall>`
    return chance(0.9) ? text : text.slice(0, below(text.length))
  }
  const query = (): string => {
    const parts = Array.from({ length: below(4) }, () => {
      const key = pick(['name', 'label', 'since', 'limit', 'lines', 'follow', 'x', ''])
      return `${key}=${chance(0.5) ? pick(['1', '5', 'svc-1', 'tier=front', '2026-01-01']) : encoded(odd())}`
    })
    return parts.length === 0 ? '' : `?${parts.join('&')}`
  }

  const place = chance(0.7) ? id() : odd()
  const path = pattern.replace('ID', encoded(place)).replace('VERB', () => pick(VERBS))
  const mangled = chance(0.95) ? path : `${path.slice(0, below(path.length + 1))}${pick(ODD)}`
  const isPosted = Object.hasOwn(OWN, pattern)
  const body = pattern === '/RPC2' && chance(0.8) ? rpcBody() : chance(0.7) ? jsonBody() : ''
  const natural = isPosted ? 'POST' : 'GET'
  return {
    who,
    caller: CALLERS[who],
    method: chance(0.8) ? natural : pick(METHODS),
    target: mangled + (chance(0.5) ? query() : ''),
    headers: {
      ...(chance(0.3) ? { accept: pick(['text/event-stream', '*/*', ...ODD]) } : {}),
      ...(chance(0.1) ? { 'last-event-id': pick(['1', ...ODD]) } : {}),
      ...(chance(0.1) ? { 'x-stead-uid': '0', authorization: 'Bearer root' } : {}),
    },
    body: chance(0.98) ? body : body + pick(ODD),
  }
}

/** Half of it as a browser would send it, the rest raw. */
function encoded(text: string): string {
  return text.length % 2 === 0 ? encodeURIComponent(text.toWellFormed()) : text
}
