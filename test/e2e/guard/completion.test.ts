/** What shells complete, in each of them as it is used: verbs, options, and names from a running guard. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openRoom, type Room } from './room.ts'
import { STEAD } from './stead.ts'
import { openTerminal, type Terminal } from './terminal.ts'

const SLEEP = ['/bin/sleep', '1000']
const parameters = {
  burst: { type: 'integer', default: 1 },
  rate: { type: 'integer', default: 1 },
}
const SERVICES = {
  web: { command: SLEEP, instances: 2 },
  worker: { command: SLEEP, parameters },
}
const GROUPS = { groups: { weekdays: { services: ['worker'] } } }

/** How each shell is started without anybody's settings, and made to complete. */
const SHELLS = {
  bash: ['/bin/bash', '--norc', '--noprofile'],
  zsh: ['/usr/bin/zsh', '-f'],
  fish: ['/usr/bin/fish', '--no-config', '--private'],
} as const
const BEGIN = {
  bash: 'source <(stead completion bash); bind "set show-all-if-ambiguous on"',
  zsh: 'autoload -Uz compinit; compinit -u -D; setopt no_list_beep; source <(stead completion zsh)',
  fish: 'stead completion fish | source',
} as const

/** A shell of the room in which `stead` is a command, and which completes. */
async function opened(room: Room, shell: keyof typeof SHELLS): Promise<Terminal> {
  const bin = join(room.directory, 'bin')
  mkdirSync(bin, { recursive: true })
  writeFileSync(join(bin, 'stead'), `#!/bin/sh\nexec ${STEAD.join(' ')} "$@"\n`)
  chmodSync(join(bin, 'stead'), 0o755)
  // tmux takes the variables it is given, PATH aside.
  const path = `PATH=${bin}:${process.env.PATH}`
  const command = ['/usr/bin/env', path, `STEAD_HOME=${room.home}`, ...SHELLS[shell]]
  const terminal = openTerminal(room, { command })
  // Written so that the line itself is not what is waited for.
  terminal.type(`${BEGIN[shell]}; echo now co''mpletes\n`)
  await terminal.shows('now completes')
  terminal.type('clear\n')
  await terminal.showsNot('now completes')
  return terminal
}

describe.each(['bash', 'zsh', 'fish'] as const)('%s', (shell) => {
  test('completes verbs, names, instances, groups, options and their values', async () => {
    const room = openRoom(SERVICES, GROUPS)
    await room.up()
    await room.running('web@1', 'web@2', 'worker')
    const terminal = await opened(room, shell)
    /** The end of a line is told by what is typed behind it: a screen has no blanks at its margin. */
    const line = async (typed: string, expected: string | RegExp): Promise<void> => {
      terminal.type(`${typed}\t${typeof expected === 'string' ? '#' : ''}`)
      await terminal.shows(expected)
      terminal.press('C-u')
      terminal.type('clear\n')
      await terminal.showsNot(expected)
    }
    await line('stead expl', 'stead explain #')
    await line('stead restart work', 'stead restart worker #')
    await line('stead stop week', 'stead stop weekdays #')
    await line('stead logs web@2', 'stead logs web@2 #')
    await line('stead start worker web@', /@1[\s\S]*@2/)
    await line('stead restart worker --roll', 'stead restart worker --rolling #')
    await line('stead signal worker USR', /USR1[\s\S]*USR2/)
    await line('stead signal worker HUP --to tr', 'stead signal worker HUP --to tree #')
    await line('stead scale wee', 'stead scale wee#')
    await line('stead up -f stead.ya', 'stead up -f stead.yaml #')
    await line('stead install x -- ./stead.ya', 'stead install x -- ./stead.yaml #')
    await line('stead completion zs', 'stead completion zsh #')
    await line('stead set worker ra', 'stead set worker rate=#')
    await line('stead set worker rate=2 bu', 'stead set worker rate=2 burst=#')
    await line('stead set --for 5m worker ', /burst=[\s\S]*rate=/)
    await line('stead set worker rate=', 'stead set worker rate=#')
  })
})

test('what is offered needs no guard, and follows --home', async () => {
  const room = openRoom(SERVICES, GROUPS)
  expect(await room.stead('names')).toEqual({ code: 0, stdout: '', stderr: '' })
  await room.up()
  await room.running('web@1', 'web@2', 'worker')
  const all = (await room.stead('names')).stdout.split('\n').filter((name) => name !== '')
  expect(all.sort()).toEqual(['web', 'web@1', 'web@2', 'weekdays', 'worker'])
  expect((await room.stead('names', '--services')).stdout).toBe('web\nworker\n')
  expect((await room.stead('names', '--parameters', 'worker')).stdout).toBe('burst=\nrate=\n')
  expect((await room.stead('names', '--parameters', 'web')).stdout).toBe('')
  expect((await room.stead('names', '--parameters', 'nobody')).stdout).toBe('')
})
