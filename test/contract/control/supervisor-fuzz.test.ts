/**
 * Calls of supervisor's XML-RPC that are right, nearly right, and not at all: 100,000 of them, each
 * answered with a result, a fault or a refusal, all well-formed, and none slowly.
 */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readResponse } from '../../fakes/rpc-response.ts'
import { callText, openRpcRoom, type RpcRoom } from '../../fakes/rpc-room.ts'
import { type SeededRandom, seededRandom } from '../../fakes/seeded-random.ts'

const INPUTS = 100_000
/** Milliseconds of a processor for one answer. */
const SLOW = 1_000
const PYTHON = '/usr/bin/python3'
/** So many answers are read by Python too. */
const SAMPLE = 2_000

const TEXTS = [
  ...['', 'svc-0', 'svc-1', 'front', 'front:svc-0', 'front:*', '*', ':', 'svc-9', 'HUP', '9', '-1'],
  ...['__proto__', 'constructor', 'ä😀', '<&>]]>', '../../etc/passwd', 'x'.repeat(3_000), '\u0001'],
]
const PIECES = [
  ...[
    '<',
    '>',
    '&',
    '&lt;',
    '&#0;',
    '&#x10FFFF;',
    '&lol;',
    '<!DOCTYPE a [<!ENTITY b "c">]>',
    '<!--',
  ],
  ...['-->', '<![CDATA[', ']]>', '<?xml version="1.0"?>', '</value>', '<value>', '<array><data>'],
  ...[
    '<struct>',
    '<nil/>',
    '\0',
    '\ud800',
    '\ufeff',
    '<int>1e9</int>',
    '<value/>',
    'xmlns="a"',
    ' ',
  ],
]

test('whatever is sent, the answer is well-formed and comes at once', async () => {
  const only = process.env.STEAD_SEED
  const seeds = only === undefined ? [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] : [Number(only)]
  const sample: string[] = []
  const seen = new Map<string, number>()
  for (const seed of seeds) {
    const random = seededRandom(seed)
    const rooms = [openRpcRoom(), openRpcRoom(3, [{ services: ['svc-1'], role: 'operator' }])]
    const known = await methodsOf(rooms[0] as RpcRoom)
    for (let turn = 0; turn < INPUTS / 10; turn += 1) {
      const input = inputOf(random, known)
      const began = process.cpuUsage()
      const answer = await (random.pick(rooms) as RpcRoom).post(input)
      const { user, system } = process.cpuUsage(began)
      const took = (user + system) / 1_000
      const told = `STEAD_SEED=${seed} replays it: ${JSON.stringify(input.slice(0, 500))}`
      if (took > SLOW) throw new Error(`${took} ms; ${told}`)
      const kind = kindOf(answer, told)
      seen.set(kind, (seen.get(kind) ?? 0) + 1)
      if (kind !== 'refused' && 'body' in answer && random.below(INPUTS / SAMPLE) === 0) {
        sample.push(answer.body)
      }
    }
    for (const { guard } of rooms) {
      // A verb for no names would be one for everything.
      const all = guard.calls.filter(
        ({ name, args }) => name === 'act' && namesOf(args).length === 0,
      )
      expect(all).toEqual([])
    }
  }
  expect([...seen.keys()].sort()).toEqual(['fault', 'refused', 'result'])
  for (const count of seen.values())
    expect(count).toBeGreaterThan(INPUTS / 100 / (11 - seeds.length))
  if (existsSync(PYTHON)) expect(readByPython(sample)).toBe(sample.length)
}, 300_000)

function kindOf(answer: Awaited<ReturnType<RpcRoom['post']>>, told: string): string {
  try {
    if (!('body' in answer)) throw new Error('an answer that goes on')
    if (answer.status === 200) return 'fault' in readResponse(answer.body) ? 'fault' : 'result'
    const { code } = (JSON.parse(answer.body) as { error: { code: string } }).error
    if (`${answer.status} ${code}` === '400 REQUEST_INVALID') return 'refused'
    if (`${answer.status} ${code}` === '403 RIGHTS') return 'refused'
    throw new Error(`${answer.status} ${answer.body}`)
  } catch (error) {
    throw new Error(told, { cause: error })
  }
}

function inputOf(random: SeededRandom, methods: readonly string[]): string {
  const method = random.chance(0.95) ? random.pick(methods) : random.pick(TEXTS)
  const params = Array.from({ length: random.below(4) }, () => randomValue(random, 3))
  const calls = Array.from({ length: random.below(5) }, () => ({
    methodName: random.pick(methods),
    params: Array.from({ length: random.below(4) }, () => randomValue(random, 2)),
  }))
  let text = random.chance(0.1)
    ? callText('system.multicall', [calls])
    : callText(method, random.chance(0.5) ? params.map(likely) : params)
  const changes = random.chance(0.5) ? 0 : 1 + random.below(6)
  for (let change = 0; change < changes; change += 1) text = changed(random, text)
  return text

  /** What a method may well take. */
  function likely(value: unknown, at: number): unknown {
    return at === 0 && random.chance(0.8) ? random.pick(TEXTS.slice(1, 6)) : value
  }
}

function randomValue(random: SeededRandom, depth: number): unknown {
  const kind = random.below(depth > 0 ? 7 : 5)
  if (kind < 2) return random.pick(TEXTS)
  if (kind === 2) return random.chance(0.5)
  if (kind === 3) return random.pick([0, 1, -1, 15, 1600, -1600, 2 ** 31, 2 ** 53 - 1, -(2 ** 40)])
  if (kind === 4) return random.below(1_000) / 7
  const many = random.below(4)
  if (kind === 5) return Array.from({ length: many }, () => randomValue(random, depth - 1))
  return Object.fromEntries(
    Array.from({ length: many }, () => [random.pick(TEXTS), randomValue(random, depth - 1)]),
  )
}

function changed(random: SeededRandom, text: string): string {
  const at = random.below(text.length + 1)
  const end = Math.min(text.length, at + random.below(40))
  switch (random.below(6)) {
    case 0:
      return text.slice(0, at) + text.slice(end)
    case 1:
      return text.slice(0, at) + random.pick(PIECES) + text.slice(at)
    case 2:
      return text.slice(0, at) + random.pick(PIECES).repeat(random.below(300)) + text.slice(end)
    case 3:
      return text.slice(0, at) + text.slice(at, end).repeat(1 + random.below(30)) + text.slice(end)
    case 4:
      return text.slice(0, at) + String.fromCharCode(random.below(0x300)) + text.slice(at + 1)
    default:
      return text.slice(0, at)
  }
}

async function methodsOf({ call }: RpcRoom): Promise<readonly string[]> {
  return ((await call('system.listMethods')) as { value: string[] }).value
}

function namesOf(args: readonly unknown[]): readonly string[] {
  return (args[1] as { names: readonly string[] }).names
}

/** How many of the answers Python's client reads: an answer or a fault, and no error. */
function readByPython(answers: readonly string[]): number {
  const script =
    'import sys, json, xmlrpc.client as x\nn = 0\nfor a in json.load(sys.stdin):\n  try: x.loads(a.encode()); n += 1\n  except x.Fault: n += 1\nprint(n)'
  return Number(
    execFileSync(PYTHON, ['-c', script], { input: JSON.stringify(answers), encoding: 'utf8' }),
  )
}
