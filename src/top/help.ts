import { type Line, line, span } from './line.ts'
import { sized } from './text-width.ts'

/** Every key, and what it does; docs/guide/top.md has the same table. */
export const KEYS: readonly (readonly [keys: string, about: string])[] = [
  ['Up Down, j k', 'choose; PgUp PgDn Home End; in a service: scroll its log'],
  ['Enter', 'look at a service closely; fold or unfold many'],
  ['Esc', 'go back; take what was said off the screen, then the filter'],
  ['Right Left, + -', 'unfold, fold (Space: the other of both)'],
  ['s', 'start'],
  ['x', 'stop (asks first)'],
  ['r', 'restart (asks first)'],
  ['R', 'restart one instance after the other (asks first)'],
  ['h', 'hold: stop, and let nothing else start it (asks first)'],
  ['o', 'run once, and do not restart'],
  ['l', 'reload'],
  ['p', 'pause, resume'],
  ['i', 'send a signal'],
  ['n', 'scale: number of instances'],
  ['a', 'apply the changes of stead.yaml (shows them, and asks)'],
  ['/', 'filter by text'],
  ['f', 'filter: all, wrong, up, down'],
  ['L', 'filter by label, KEY=VALUE'],
  ['< >', 'sort by trouble, name, cpu, memory, restarts, uptime'],
  ['v', 'sort the other way round'],
  ['g', 'by groups'],
  ['c', 'the graph shows cpu, memory'],
  ['Tab', 'in a service: its log alone; < > the one before, after'],
  ['Ctrl-L', 'draw the screen again'],
  ['Ctrl-Z', 'suspend'],
  ['q', 'quit; in a service: go back'],
]

const COLUMN = 16

/** The keys from line `from` on; two beside each other where there is room. */
export function helpLines(
  from: number,
  columns: number,
  room: number,
  mark: string,
): readonly Line[] {
  const most = Math.max(0, KEYS.length - (room - 1))
  const first = Math.min(from, most)
  const more = most > first ? `; ${most - first} more below: Down` : ''
  const rows = KEYS.slice(first, first + room - 1).map(([keys, about]) =>
    line(
      span(`  ${sized(keys, COLUMN)}`, 'bold'),
      sized(about, columns - COLUMN - 2, 'left', mark).trimEnd(),
    ),
  )
  return [
    line(span(sized(`Keys; any other goes back${more}`, columns, 'left', mark).trimEnd(), 'head')),
    ...rows,
  ]
}
