/** A real terminal, 80 by 24 unless another size is asked for: a shell in a tmux(1) of its own. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { until } from '../../contract/until.ts'
import type { Room } from './room.ts'
import { plainEnvironment, STEAD } from './stead.ts'

export interface Terminal {
  /** What is on the screen now, without colours. */
  readonly screen: () => string
  /** The same with the sequences that colour it. */
  readonly coloured: () => string
  /** Text as it is typed. */
  readonly type: (text: string) => void
  /** Keys by the names of tmux: `Enter`, `Down`, `C-z`. */
  readonly press: (...names: readonly string[]) => void
  readonly resize: (columns: number, rows: number) => void
  /** Modes of the terminal, which a program may leave behind. */
  readonly modes: () => Readonly<Record<'alternate' | 'cursor' | 'wrap', boolean>>
  /** Resolves with the screen when it fits. */
  readonly shows: (what: string | RegExp) => Promise<string>
  readonly showsNot: (what: string | RegExp) => Promise<string>
  /** The terminal goes away, with all that runs in it told so. */
  readonly close: () => void
}

/** What the shell asks with, so that a screen shows that it is its turn. */
export const PROMPT = 'your turn>'

const SHELL: readonly string[] = ['/bin/bash', '--norc', '--noprofile']

export function openTerminal(
  room: Room,
  options: {
    readonly columns?: number
    readonly rows?: number
    /** What runs in it in the place of a shell. */
    readonly command?: readonly string[]
  } = {},
  more: Readonly<Record<string, string>> = {},
): Terminal {
  const { columns = 80, rows = 24, command = SHELL } = options
  const socket = join(room.directory, `t${Math.random().toString(36).slice(2, 6)}`)
  const tmux = (...args: readonly string[]): string => {
    const { status, stdout, stderr, error } = spawnSync('tmux', ['-u', '-S', socket, ...args], {
      encoding: 'utf8',
      env: plainEnvironment(),
      timeout: 45_000,
    })
    if (status !== 0) throw new Error(`tmux ${args.join(' ')}: ${error?.message ?? stderr}`)
    return stdout
  }
  const environment = {
    PS1: `${PROMPT} `,
    TOP: [...STEAD, 'top', '--interval', '500ms', '--home', room.home].join(' '),
    ...more,
  }
  const settings = Object.entries(environment).flatMap(([name, value]) => [
    '-e',
    `${name}=${value}`,
  ])
  const place = ['-x', String(columns), '-y', String(rows), '-c', room.directory]
  tmux('-f', '/dev/null', 'new-session', '-d', ...place, ...settings, ...command)
  const close = (): void => {
    spawnSync('tmux', ['-S', socket, 'kill-server'])
  }
  onTestFinished(close)

  const screen = (): string => tmux('capture-pane', '-p').replace(/\n+$/, '\n')
  const settle = async (what: string | RegExp, wanted: boolean): Promise<string> => {
    const fits = (text: string): boolean =>
      typeof what === 'string' ? text.includes(what) : what.test(text)
    let last = ''
    try {
      return await until(`a screen with${wanted ? '' : 'out'} ${what}`, () => {
        last = screen()
        return fits(last) === wanted ? last || ' ' : null
      })
    } catch (error) {
      throw new Error(`${String(error)}; it is\n${last}`)
    }
  }
  return {
    screen,
    coloured: () => tmux('capture-pane', '-p', '-e'),
    type: (text) => void tmux('send-keys', '-l', text),
    press: (...names) => void tmux('send-keys', ...names),
    resize: (x, y) => void tmux('resize-window', '-x', String(x), '-y', String(y)),
    modes() {
      const format = '#{alternate_on}#{cursor_flag}#{wrap_flag}'
      const [alternate, cursor, wrap] = [...tmux('display-message', '-p', format)].map(
        (c) => c === '1',
      )
      return { alternate: alternate === true, cursor: cursor === true, wrap: wrap === true }
    },
    shows: (what) => settle(what, true),
    showsNot: (what) => settle(what, false),
    close,
  }
}
