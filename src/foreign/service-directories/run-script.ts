import { splitCommand } from '../../config/split-command.ts'
import { shellLine } from '../shell-line.ts'
import { type Chained, emptyChain, takeChain } from './chain.ts'

/** What a run script comes to: a program and what is set before it begins. */
export interface Run extends Chained {
  readonly command: readonly string[]
  /** The line of the script on which the command begins. */
  readonly line: number
  /** What stays in front of the program for want of a setting. */
  readonly stays: string | null
  /** Services that it starts and waits for, with `sv start NAME || exit`. */
  readonly waitsFor: readonly string[]
}

const MAX_LINES = 2_000
/** A longer one is not simple. */
const MAX_LINE = 8_000
/** Programs of execline that take blocks, or say what only execline means. */
const EXECLINE =
  /^(?:if|ifelse|ifte|ifthenelse|foreground|background|pipeline|backtick|forx|for.*|loopwhilex|trap|wait|define|importas|multidefine|multisubstitute|elgetopt.*|elgetpositionals|execlineb|forbacktickx|heredoc|redirfd|fdblock|fdclose|fdreserve|fdswap|homeof|runblock|shift|tryexec|withstdinas|unexport|emptyenv|dollarat|eltest|elglob|getcwd|getpid|case|cd|umask|export|exec|fdmove)$/

/**
 * The program of a run script that is simple: some settings, then `exec PROGRAM`, with nothing for a shell
 * to do; or a chain of execline without blocks.
 *
 * @returns null where only the script itself can say what it does
 */
export function readRunScript(text: string): Run | null {
  const first = /^#!\s*(\S+)(?:[ \t]+([^\n]*))?/.exec(text)
  const interpreter = `${first?.[1] ?? ''} ${first?.[2] ?? ''}`
  if (/\0|\ufffd/.test(text)) return null
  if (/\bexeclineb\b/.test(interpreter)) return readExecline(text)
  // Without a first line of its own the kernel refuses it; supervisors do not, and a shell runs it.
  if (
    first === null ||
    /(?:^|[\s/])(?:sh|bash|dash|ash|ksh)(?=\s|$)/.test(interpreter.split(/\s(?=-)/)[0] ?? '')
  )
    return readShell(text)
  return null
}

function readShell(text: string): Run | null {
  const chained = emptyChain()
  const waitsFor: string[] = []
  let at = 0
  const lines = joinedLines(text)
  for (const { line, words } of lines) {
    at += 1
    if (words.length > MAX_LINE) return null
    if (/^(?:#.*|:|set\s+[-+][a-z]+|exec\s+(?:2>\s*&1|1?>\s*&2)|true)$/.test(words)) continue
    const started =
      /^sv\s+(?:-[vw]\s*\d*\s+)*(?:start|check)\s+([\w./-]+(?:\s+[\w./-]+)*?)\s*(?:>\s*\/dev\/null\s*)?(?:2>\s*&1\s*)?\|\|\s*exit(?:\s+\d+)?$/.exec(
        words,
      )?.[1]
    if (started !== undefined) {
      waitsFor.push(...started.split(/\s+/).map((name) => name.replace(/.*\//, '')))
      continue
    }
    if (settingLine(words, chained)) continue
    const last = at === lines.length || /^exec\s/.test(words)
    if (!last) return null
    const bare = words
      .replace(/\s+(?:2>\s*&1|1>\s*&2)\s*$/, '')
      .replace(/^exec\s+(?:2>\s*&1)\s+/, 'exec ')
    const { command, kind } = shellLine(bare)
    if (kind !== 'words') return null
    return { ...taken(command, chained), line, waitsFor }
  }
  return null
}

function taken(words: readonly string[], chained: Chained): Omit<Run, 'line' | 'waitsFor'> {
  const { command, stays } = takeChain(words, chained)
  return { ...chained, command, stays }
}

/** Lines without comments, with those joined that a backslash joins. */
function joinedLines(text: string): { line: number; words: string }[] {
  const found: { line: number; words: string }[] = []
  let open: { line: number; words: string } | null = null
  text
    .split(/\r?\n/)
    .slice(0, MAX_LINES)
    .forEach((row, index) => {
      const joins = /(?<!\\)(?:\\\\)*\\$/.test(row)
      const part = (joins ? row.slice(0, -1) : row).trim()
      if (open === null) {
        if (part === '' || part.startsWith('#')) return
        open = { line: index + 1, words: part }
      } else open.words = `${open.words} ${part}`.trim()
      if (joins) return
      found.push(open)
      open = null
    })
  if (open !== null) found.push(open)
  return found
}

/** A line that sets something for what comes after it. */
function settingLine(words: string, chained: Chained): boolean {
  const directory = /^cd\s+(.+?)(?:\s*\|\|\s*exit(?:\s+\d+)?)?$/.exec(words)?.[1]
  if (directory !== undefined) {
    const [path, more] = plainWords(directory) ?? []
    if (path === undefined || more !== undefined || path === '-') return false
    chained.cwd = path
    return true
  }
  const mask = /^umask\s+(0?[0-7]{1,3})$/.exec(words)?.[1]
  if (mask !== undefined) {
    chained.umask = mask
    return true
  }
  const limit = /^ulimit\s+-(?:[SH])?([nuc])\s+(\d+)$/.exec(words)
  if (limit !== null) {
    const name = { n: 'openFiles', u: 'processes', c: 'coreSize' }[limit[1] as string] as string
    // Blocks of ulimit -c are of another size in each shell.
    if (name === 'coreSize' && limit[2] !== '0') return false
    chained.limits[name] = Number(limit[2])
    return true
  }
  const exported = /^export\s+(.+)$/.exec(words)?.[1]
  const pairs = exported === undefined ? null : plainWords(exported)
  if (pairs === null || pairs.length === 0) return false
  const parts = pairs.map((pair) => /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(pair))
  if (parts.includes(null)) return false
  for (const part of parts)
    chained.env.push({ name: part?.[1] as string, value: part?.[2] as string })
  return true
}

/** The words of a text in which a shell would find nothing to do but to split it. */
function plainWords(text: string): readonly string[] | null {
  if (/;|&&|\|/.test(text)) return null
  const { command, kind } = shellLine(`x ${text}`)
  return kind === 'words' ? command.slice(1) : null
}

/** execlineb(1): words in double quotes, `#` begins a comment, no line ends anything. */
function readExecline(text: string): Run | null {
  const words: string[] = []
  let line = 0
  for (const [index, row] of text.split(/\r?\n/).slice(0, MAX_LINES).entries()) {
    const bare = row.replace(/(^|\s)#.*$/, '')
    if (bare.trim() === '') continue
    // Its own escapes, blocks and substitutions are for execline to read.
    if (/[\\{}$']/.test(bare)) return null
    const found = splitCommand(bare)
    if (found === null) return null
    if (line === 0) line = index + 1
    words.push(...found)
  }
  const run = taken(words, emptyChain())
  if (run.command.length === 0 || EXECLINE.test(run.command[0] as string)) return null
  return { ...run, line, waitsFor: [] }
}
