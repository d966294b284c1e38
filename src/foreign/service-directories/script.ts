import { splitCommand } from '../../config/split-command.ts'
import { shellLine } from '../shell-line.ts'

export interface PlainScript {
  readonly command: readonly string[]
  /** Settings that tools before the program stood for. */
  readonly settings: Readonly<Record<string, unknown>>
}

/**
 * A run script that does no more than `exec 2>&1`, `cd`, plain assignments that are exported, and one
 * `exec`, with chpst(8), setuidgid, envdir or nice before the program.
 *
 * @param environment variables of a directory by its path; null where there is none
 * @returns null for any other script
 */
export function plainScript(
  script: string,
  environment: (path: string) => Record<string, string> | null,
): PlainScript | null {
  const [first = '', ...rest] = script.replace(/\\\n/g, ' ').split('\n')
  if (!/^#!\s*\/(usr\/)?bin\/(env )?(ba|da)?sh( -e)?\s*$/.test(first)) return null
  const lines = rest
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
  const last = lines.pop() ?? ''
  const settings: Record<string, unknown> = {}
  const env: Record<string, string> = {}
  for (const line of lines) {
    if (/^(exec 2>&1|set -e)$/.test(line)) continue
    const { kind, command } = shellLine(line.replace(/^(cd|export)\s+/, 'echo '))
    const [, word] = command
    if (kind !== 'words' || command.length !== 2 || word === undefined) return null
    if (line.startsWith('cd ') && word.startsWith('/')) settings.cwd = word
    else {
      const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(word) ?? []
      if (!line.startsWith('export ') || name === undefined || value === undefined) return null
      env[name] = value
    }
  }
  if (!last.startsWith('exec ')) return null
  const { kind, command } = shellLine(last.replace(/\s+2>&1$/, ''))
  if (kind !== 'words') return null
  const words = withoutTools([...command], settings, env, environment)
  if (words === null || words[0] === undefined) return null
  if (Object.keys(env).length > 0) settings.env = env
  return { command: words, settings }
}

/** Takes the tools before a program off, one after the other; null where one says what stead cannot. */
function withoutTools(
  words: string[],
  settings: Record<string, unknown>,
  env: Record<string, string>,
  environment: (path: string) => Record<string, string> | null,
): string[] | null {
  const account = (text: string): void => {
    const [user = '', group] = text.split(':')
    settings.user = user
    if (group !== undefined) settings.group = group
  }
  for (;;) {
    const tool = words[0]?.split('/').at(-1)
    if (tool === 'setuidgid' || tool === 's6-setuidgid') {
      account(words[1] ?? '')
      words.splice(0, 2)
    } else if (tool === 'envdir' || tool === 's6-envdir') {
      const found = environment(words[1] ?? '')
      if (found === null) return null
      Object.assign(env, found)
      words.splice(0, 2)
    } else if (tool === 'nice' && words[1] === '-n') {
      settings.nice = Number(words[2])
      words.splice(0, 3)
    } else if (tool === 'chpst') {
      words.shift()
      while (words[0]?.startsWith('-')) {
        const [option = '', value = ''] = words.splice(0, 2)
        if (option === '-u') account(value)
        else if (option === '-n') settings.nice = Number(value)
        else if (option === '-o') settings.limits = { openFiles: Number(value) }
        else if (option === '-e') {
          const found = environment(value)
          if (found === null) return null
          Object.assign(env, found)
        } else return null
      }
    } else return words
  }
}

/** Words of a line of a script, without a shell; null where it needs one. */
export function plainWords(line: string): string[] | null {
  return shellLine(line).kind === 'words' ? splitCommand(line) : null
}
