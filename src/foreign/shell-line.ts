import { splitCommand } from '../config/split-command.ts'

/** How a line can be started that its supervisor gave to a shell. */
export interface ShellLine {
  readonly command: readonly string[]
  /** `words`: no shell is needed; `exec`: a shell that the program takes the place of; `script`: a shell that stays. */
  readonly kind: 'words' | 'exec' | 'script'
}

/** Words that are the shell's own, where a command begins (POSIX XCU 2.4, 2.14 and the common built-ins). */
const OWN =
  /^(?:if|then|else|elif|fi|do|done|case|esac|while|until|for|in|function|\{|\}|!|\[|\[\[|\.|:|alias|bg|break|cd|command|continue|eval|exec|exit|export|fg|getopts|hash|jobs|local|popd|printf|pushd|read|readonly|return|set|shift|shopt|source|test|time|times|trap|type|typeset|ulimit|umask|unalias|unset|wait)$/
const ASSIGNMENT = /^[A-Za-z_][A-Za-z0-9_]*\+?=/

/** The plainest way to run a line of a shell as the shell would. */
export function shellLine(line: string, shell: readonly string[] = ['/bin/sh', '-c']): ShellLine {
  const text = line.trim()
  const { special, several } = meanings(text)
  const words = splitCommand(text)
  const first = words?.[0] ?? ''
  if (!special && !several && words !== null && first === 'exec' && words.length > 1) {
    const rest = words.slice(1)
    if (!OWN.test(rest[0] ?? '') && !rest[0]?.startsWith('-'))
      return { command: rest, kind: 'words' }
  }
  const own = words === null || OWN.test(first)
  if (!special && !several && !own && first !== '' && !ASSIGNMENT.test(first))
    return { command: words, kind: 'words' }
  if (several || (own && first !== 'exec')) return { command: [...shell, text], kind: 'script' }
  if (first === 'exec') return { command: [...shell, text], kind: 'exec' }
  const begin = assignmentsOf(text)
  const program = splitCommand(text.slice(begin))?.[0] ?? ''
  if (program === '' || OWN.test(program) || /^[<>&|;]/.test(program))
    return { command: [...shell, text], kind: 'script' }
  return { command: [...shell, `${text.slice(0, begin)}exec ${text.slice(begin)}`], kind: 'exec' }
}

/** Where the assignments before a command end. */
function assignmentsOf(text: string): number {
  const match = /^(?:[A-Za-z_][A-Za-z0-9_]*=(?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s"'\\])*\s+)+/.exec(
    text,
  )
  return match?.[0].length ?? 0
}

/** Whether a shell would do something with the line, and whether it is more than one command. */
function meanings(text: string): { special: boolean; several: boolean } {
  let special = false
  let several = false
  let fresh = true
  for (let i = 0; i < text.length; i += 1) {
    const char = text[i] as string
    if (char === '\\') {
      // A backslash before a line break joins two lines, which no word shows.
      if (text[i + 1] === '\n') special = true
      i += 1
    } else if (char === "'") {
      const end = text.indexOf("'", i + 1)
      if (end === -1) return { special: true, several: true }
      i = end
    } else if (char === '"') {
      for (i += 1; text[i] !== '"'; i += 1) {
        if (i >= text.length) return { special: true, several: true }
        if (text[i] === '$' || text[i] === '`') special = true
        if (text[i] === '\\') i += 1
      }
    } else {
      if ('|&;()\n'.includes(char)) several = true
      if ('<>$`*?['.includes(char)) special = true
      if (fresh && (char === '~' || char === '#' || char === '{')) special = true
      if (fresh && char === '#') several = true
    }
    fresh = /[\s=:]/.test(char)
  }
  return { special, several }
}
