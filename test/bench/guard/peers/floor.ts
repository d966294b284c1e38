import type { ChildProcess } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Peer, Supervisor } from '../peer.ts'
import { endOf } from '../workspace.ts'

/** floor.c: the least that a supervisor has to do. It speaks over its standard streams. */
export const floor: Peer = {
  name: 'floor',
  packages: [],
  oneByOne: false,
  formats: ['raw'],
  note: 'a C program, the limit',
  async find() {
    return 'floor.c'
  },
  supervise(set, work): Supervisor {
    let child: ChildProcess
    const say = (text: string): void => void child.stdin?.write(text)
    return {
      async boot() {
        const { directory, rotate, count, autostart, program, fifo, words } = set
        const args = [directory, String(rotate), String(count), autostart ? '1' : '0']
        child = work.spawn(work.floor, [...args, program, fifo, ...words], {
          stdio: ['pipe', 'pipe', 'ignore'],
        })
        child.stdout?.setEncoding('latin1')
      },
      async ready() {},
      own: () => [child.pid as number],
      async start(index) {
        say(index === undefined ? 'u\n' : `u ${index}\n`)
      },
      async stop() {
        say('d\n')
      },
      commands: null,
      status: {
        one: (index) => answer(`s ${index}\n`, 1),
        all: () => answer('s\n', set.count),
      },
      logFiles: (index) => logsOf(set.directory, `${index}.log`),
      async shutdown() {
        say('x\n')
        await endOf(child, 'floor')
      },
    }

    function answer(question: string, lines: number): Promise<void> {
      return new Promise((done, fail) => {
        let text = ''
        const take = (chunk: string): void => {
          text += chunk
          if (!text.endsWith('.\n')) return
          child.stdout?.off('data', take)
          const known = text.split('\n').length - 2
          if (known === lines) done()
          else fail(new Error(`floor knows ${known} programs of ${lines}`))
        }
        child.stdout?.on('data', take)
        say(question)
      })
    }
  },
}

/** Files of `directory` whose name begins with `name`. */
export function logsOf(directory: string, name: string): string[] {
  return readdirSync(directory)
    .filter((file) => file.startsWith(name))
    .map((file) => join(directory, file))
}
