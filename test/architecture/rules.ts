import { posix } from 'node:path'

export interface Finding {
  readonly path: string
  readonly line: number
  readonly rule: string
}

/**
 * Which room may import which. `errors` is open to all. A room is the first folder of a path under
 * src/; files that lie in src/ itself are the front door and may import everything.
 */
export const ROOMS: Readonly<Record<string, readonly string[]>> = {
  model: [],
  config: ['model'],
  service: ['model', 'config'],
  hosts: ['model', 'config'],
  managers: ['model', 'config'],
  guard: ['model', 'config'],
  output: ['model'],
  sinks: ['model', 'output'],
  secrets: ['model'],
  control: ['model', 'metrics'],
  metrics: ['model'],
  top: ['model'],
  platform: ['model', 'output', 'sinks'],
  foreign: ['model', 'config', 'managers'],
  pack: ['model', 'config', 'managers'],
  update: ['model', 'managers', 'secrets'],
  cli: [
    'model',
    'config',
    'service',
    'hosts',
    'managers',
    'guard',
    'output',
    'sinks',
    'secrets',
    'control',
    'metrics',
    'top',
    'foreign',
    'pack',
    'update',
    'platform',
  ],
}

/** Rooms with one folder per system, none of which may know another. */
const SEPARATE = ['managers', 'hosts']

/** Modules that reach the operating system. */
const SYSTEM_MODULES =
  /^(node:(fs|child_process|net|dgram|os|http|https|worker_threads|dns|tty)(\/.*)?|koffi)$/

/** Paths that may do what their room may not, and why. */
const EXCEPTIONS: readonly { path: RegExp; rule: string; reason: string }[] = []

const PATTERNS: readonly {
  pattern: RegExp
  rule: string
  allowed: (room: string, path: string) => boolean
}[] = [
  { pattern: /\bconsole\./, rule: 'console is for cli', allowed: (room) => room === 'cli' },
  {
    pattern: /\bprocess\.exit\(/,
    rule: 'process.exit is for cli',
    allowed: (room) => room === 'cli',
  },
  {
    pattern: /\bprocess\.env\b/,
    rule: 'process.env is for cli',
    allowed: (room) => room === 'cli' || room === 'platform',
  },
  {
    pattern: /\bprocess\.platform\b/,
    rule: 'process.platform is for platform',
    allowed: (room, path) => room === 'platform' || /^cli\/compose/.test(path),
  },
  {
    pattern: /\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(|\bprocess\.hrtime\b/,
    rule: 'the clock is a port',
    allowed: (room) => room === 'platform' || room === 'cli',
  },
]

/** What in a source file breaks the rules of the house; `path` is relative to src/. */
export function findBreaches(path: string, text: string): Finding[] {
  const findings: Finding[] = []
  const room = path.includes('/') ? (path.split('/')[0] as string) : 'front'
  const lines = withoutComments(text).split('\n')
  lines.forEach((content, index) => {
    const breach = (rule: string): void => {
      if (EXCEPTIONS.some((e) => e.path.test(path) && e.rule === rule)) return
      findings.push({ path, line: index + 1, rule })
    }
    for (const specifier of importsOf(content)) {
      if (SYSTEM_MODULES.test(specifier)) {
        if (room !== 'platform' && room !== 'cli') breach(`only platform may import ${specifier}`)
      } else if (specifier.startsWith('.') && room !== 'front') {
        const target = posix.normalize(posix.join(posix.dirname(path), specifier))
        checkTarget(path, room, target, breach)
      }
    }
    for (const { pattern, rule, allowed } of PATTERNS) {
      if (pattern.test(content) && room !== 'front' && !allowed(room, path)) breach(rule)
    }
  })
  return findings
}

function checkTarget(
  path: string,
  room: string,
  target: string,
  breach: (rule: string) => void,
): void {
  if (target === 'errors.ts') return
  const other = target.includes('/') ? (target.split('/')[0] as string) : 'front'
  if (other !== room) {
    if (!(ROOMS[room] ?? []).includes(other)) breach(`${room} may not import ${other}`)
    return
  }
  if (!SEPARATE.includes(room)) return
  const [mine, theirs] = [path, target].map((p) =>
    p.split('/').length > 2 ? p.split('/')[1] : null,
  )
  if (mine != null && theirs != null && mine !== theirs) {
    breach(`${room}/${mine} may not import ${room}/${theirs}`)
  }
}

function importsOf(line: string): string[] {
  return [...line.matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)].map((m) => m[1] as string)
}

/** Blanks comments out and keeps the lines, so that numbers stay right. */
function withoutComments(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, (block) => block.replace(/[^\n]/g, ' '))
    .replace(/(^|[^:'"`])\/\/.*$/gm, '$1')
}
