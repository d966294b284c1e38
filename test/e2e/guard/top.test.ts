/** `stead top` in a real terminal, on a real guard with real programs. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { until } from '../../contract/until.ts'
import { allProcesses, lives } from './processes.ts'
import { openRoom, type Room } from './room.ts'
import { PROGRAMS, PYTHON, STEAD } from './stead.ts'
import { openTerminal, PROMPT, type Terminal } from './terminal.ts'

const SLEEP = ['/bin/sleep', '1000']
const SERVICES = {
  web: { command: SLEEP, instances: 3, labels: { tier: 'front' } },
  db: { command: [PYTHON, `${PROGRAMS}/numbered-lines.py`, 'db', '5'] },
  crasher: {
    command: ['/bin/sh', '-c', 'echo no luck; exit 3'],
    restart: { delay: '10ms', limit: '2/1m' },
  },
  idle: { command: SLEEP, autostart: false },
}
const GROUPS = { groups: { shelf: { services: ['db', 'idle'] } }, project: 'shop' }
const GONE = { alternate: false, cursor: true, wrap: true }

async function opened(more: Readonly<Record<string, string>> = {}): Promise<{
  readonly room: Room
  readonly terminal: Terminal
}> {
  const room = openRoom(SERVICES, GROUPS)
  await room.up()
  await room.waitFor('crasher', 'has given up', ({ phase }) => phase === 'fatal')
  const terminal = openTerminal(room, {}, more)
  await terminal.shows(PROMPT)
  return { room, terminal }
}

async function openedTop(more: Readonly<Record<string, string>> = {}) {
  const { room, terminal } = await opened(more)
  terminal.type('$TOP\n')
  await terminal.shows(/^ {2}idle +stopped/m)
  return { room, terminal }
}

/** The `stead top` of a room. */
function topOf(room: Room): number {
  const found = allProcesses().find(
    ({ command }) => command.includes('top') && command.includes(room.home),
  )
  if (found === undefined) throw new Error('no top runs')
  return found.pid
}

async function endedClean(terminal: Terminal): Promise<void> {
  terminal.type(
    'stty -a | tr " ;" "\\n\\n" | grep -xE -- "-?(icanon|echo|isig)" | xargs echo modes:\n',
  )
  await terminal.shows(/^modes: isig icanon echo$/m)
  expect(terminal.modes()).toEqual(GONE)
}

test('what is wrong comes first and is named; what runs has its figures', async () => {
  const { terminal } = await openedTop()
  const screen = await terminal.shows(/^ {2}db +running +0 yes +\d+\.\d +\d.*[▁-█]/m)
  const lines = screen.split('\n')
  expect(lines[0]).toMatch(
    /^stead top · shop {2}pid \d+ {2}up \d.* +cpu .* mem .* \d\d:\d\d:\d\dZ$/,
  )
  expect(lines[1]).toBe('1 fatal  4 running  1 stopped')
  expect(lines[2]).toMatch(/^! crasher fatal: it failed more than 2 times in 60 s/)
  expect(lines[4]).toMatch(/^>!crasher +fatal +2 it failed more than 2 times/)
  expect(screen).toMatch(/^ {2}\+ web \(3\) +running +0 yes/m)
  expect(terminal.modes()).toEqual({ alternate: true, cursor: false, wrap: false })
  terminal.press('q')
  // The screen from before is back.
  await terminal.shows(PROMPT)
  await endedClean(terminal)
})

test('a filter, a group, what is unfolded, the help', async () => {
  const { terminal } = await openedTop()
  terminal.press('/')
  terminal.type('we')
  await terminal.showsNot(/^. ?idle/m)
  await terminal.shows(/^>. *\+ web \(3\)/m)
  terminal.press('Enter', 'Right')
  await terminal.shows(/^ +web@3 +running/m)
  terminal.press('Escape')
  await terminal.shows(/idle +stopped/)
  terminal.type('Ltier=front\n')
  await terminal.shows('filter: label tier=front')
  await terminal.showsNot(/^. ?idle/m)
  terminal.press('Escape')
  terminal.type('g')
  await terminal.shows(/^.. ?- shelf \(2\)/m)
  terminal.type('?')
  await terminal.shows('restart one instance after the other (asks first)')
  terminal.type('q')
  await terminal.shows(/shelf \(2\)/)
})

test('keys are verbs: asked first where something ends, and told how it came out', async () => {
  const { room, terminal } = await openedTop()
  const before = (await room.one('db')).pid
  terminal.press('/')
  terminal.type('db\nr')
  await terminal.shows('restart db? y/N')
  terminal.type('n')
  await terminal.showsNot('y/N')
  terminal.type('ry')
  await terminal.shows(/^\d\d:\d\d:\d\dZ db is restarted/m)
  expect((await room.one('db')).pid).not.toBe(before)
  terminal.type('xy')
  await terminal.shows('db is stopped')
  await terminal.shows(/^>. ?db +stopped/m)
  terminal.type('s')
  await terminal.shows('db is started')
  terminal.type('p')
  await terminal.shows(/^>. ?db +paused/m)
  terminal.type('p')
  await terminal.shows(/^>. ?db +running/m)
  terminal.type('iWHATEVER\n')
  await terminal.shows('"WHATEVER" is not a signal')
  terminal.type('iTERM\n')
  await terminal.shows('db got SIGTERM')
  await room.waitFor(
    'db',
    'is back',
    ({ incarnation, phase }) => incarnation > 3 && phase === 'running',
  )
  terminal.type('n2\n')
  await terminal.shows(/^>. ?\+ db \(2\)/m)
  room.write({ ...SERVICES, late: { command: SLEEP } }, GROUPS)
  terminal.press('Escape', 'Escape')
  terminal.type('a')
  await terminal.shows(/apply: .*late is added.*\? y\/N/)
  terminal.type('y')
  await terminal.shows(/^ {2}late +running/m)
})

test('one that is looked at closely: why, its ends, its log as it is written', async () => {
  const { terminal } = await openedTop()
  terminal.press('Enter')
  const crasher = await terminal.shows(/^\d\d:\d\d:\d\d no luck/m)
  expect(crasher).toMatch(/^stead top · crasher {2}fatal/)
  expect(crasher).toMatch(/^ {2}ends +\d.* ago: life 3 pid \d+, code 3 after \d.* \(itself\)/m)
  terminal.press('Escape')
  terminal.type('/db\n')
  terminal.press('Enter')
  const newestOn = (screen: string): number =>
    Math.max(0, ...[...screen.matchAll(/ db \d+ (\d+)$/gm)].map((match) => Number(match[1])))
  const newest = newestOn(await terminal.shows(/^\d\d:\d\d:\d\d db \d+ \d+$/m))
  // Not that one itself: it goes off the screen again.
  await until('later lines', () => newestOn(terminal.screen()) >= newest + 3)
  terminal.type('ry')
  await terminal.shows('db is restarted')
  await terminal.shows(/process +pid \d+, up \d.*, life 2/)
  terminal.press('Tab')
  await terminal.showsNot(/process +pid/)
  terminal.press('q', 'q')
  await terminal.shows(PROMPT)
})

test('another size is drawn at once; one that is too small says so', async () => {
  const { terminal } = await openedTop()
  terminal.resize(132, 40)
  await terminal.shows(/PID {2}CPU/)
  terminal.resize(40, 10)
  const small = await terminal.shows(/^ {2}SERVICE +PHASE\+ +CPU% +MEM$/m)
  for (const line of small.split('\n')) expect(line.length).toBeLessThanOrEqual(40)
  terminal.resize(20, 4)
  await terminal.shows('too small: 30x6 at l')
  terminal.resize(80, 24)
  await terminal.shows(/^ {2}idle +stopped/m)
})

test('a guard that is killed is said to be gone, and is shown again when it is back', async () => {
  const { room, terminal } = await openedTop()
  const [guard] = allProcesses().filter(
    ({ command }) => command.includes('up') && command.includes(room.home),
  )
  process.kill(guard?.pid as number, 'SIGKILL')
  const gone = await terminal.shows(/^! the guard of shop is gone for \d.*, asking again:/m)
  expect(gone).toMatch(/web \(3\)/)
  terminal.type('x')
  await terminal.shows('the guard is gone')
  await room.up()
  await terminal.shows('the guard is back')
  await terminal.shows(/^ {2}db +running +0 yes +\d+\.\d/m)
  expect((await room.stead('stop', 'db')).code).toBe(0)
  await terminal.shows(/^. ?db +stopped/m)
})

test('Ctrl-Z gives the terminal back, fg draws it again', async () => {
  const { room, terminal } = await openedTop()
  terminal.press('C-z')
  await terminal.shows(/Stopped .*\n.*your turn>/)
  await endedClean(terminal)
  const { pid } = await room.one('db')
  expect((await room.stead('restart', 'db')).code).toBe(0)
  expect((await room.one('db')).pid).not.toBe(pid)
  terminal.type('fg\n')
  await terminal.shows(/^ {2}idle +stopped/m)
  terminal.type('/db\n')
  await terminal.shows(/^>. ?db +running/m)
  terminal.press('q')
  await terminal.shows(/Stopped/)
  await endedClean(terminal)
})

test('Ctrl-Z without a shell to continue it leaves it where it is', async () => {
  const room = openRoom(SERVICES, GROUPS)
  await room.up()
  await room.waitFor('crasher', 'has given up', ({ phase }) => phase === 'fatal')
  const command = [...STEAD, 'top', '--home', room.home]
  const terminal = openTerminal(room, { command })
  await terminal.shows(/^ {2}idle +stopped/m)
  terminal.press('C-z')
  terminal.type('g')
  await terminal.shows(/shelf \(2\)/)
})

test('a signal or a defect ends it with the terminal as it was', async () => {
  const { room, terminal } = await openedTop()
  process.kill(topOf(room), 'SIGTERM')
  await terminal.shows(PROMPT)
  terminal.type('echo code $?\n')
  await terminal.shows('code 143')
  await endedClean(terminal)

  const boom = join(room.directory, 'boom.mjs')
  writeFileSync(boom, "process.on('SIGUSR2', () => { throw new Error('a defect') })\n")
  terminal.type(`clear; NODE_OPTIONS=--import=${boom} $TOP\n`)
  await terminal.shows(/^ {2}idle +stopped/m)
  process.kill(topOf(room), 'SIGUSR2')
  await terminal.shows('Error: a defect')
  await endedClean(terminal)
})

test('it ends when its terminal goes away', async () => {
  const { room, terminal } = await openedTop()
  const pid = topOf(room)
  terminal.close()
  await until('top has ended', () => !lives(pid))
})

test('without a terminal, or with a dumb one, it prints one frame', async () => {
  const { room, terminal } = await opened({ NO_COLOR: '1' })
  const { code, stdout } = await room.stead('top')
  expect(code).toBe(0)
  expect(stdout.split('\n')[1]).toBe('1 fatal  4 running  1 stopped')
  expect(stdout).toMatch(/^ {2}db +running +0 yes +\d+\.\d +\d+\.\d[KM]/m)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what must not be there
  expect(stdout).not.toMatch(/\x1b|^>/m)
  const json = await room.stead('top', '--json')
  expect(JSON.parse(json.stdout)).toMatchObject({ guard: { project: 'shop' } })
  terminal.type('TERM=dumb $TOP; echo code $?\n')
  await terminal.shows('code 0')
  expect(terminal.screen()).toMatch(/^ {2}idle +stopped/m)
  terminal.type('clear; $TOP\n')
  await terminal.shows(/\? keys/)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are escape sequences
  expect(terminal.coloured()).not.toMatch(/\x1b\[(?:\d+;)*3[0-7]/)
})

test('what a program says cannot reach the terminal', async () => {
  const room = openRoom()
  const evil = String.raw`printf 'before \033]0;owned\007\033[2J\033[31mred\302\233m \342\200\256 \346\274\242\345\255\227 after\n'; exec sleep 1000`
  room.write({ evil: { command: ['/bin/sh', '-c', evil] } })
  await room.up()
  await room.running('evil')
  const terminal = openTerminal(room, { columns: 120 })
  terminal.type('$TOP\n')
  await terminal.shows(/evil +running/)
  terminal.press('Enter')
  const screen = await terminal.shows(/before .* after$/m)
  expect(screen).toContain(
    String.raw`before \x1b]0;owned\x07\x1b[2J\x1b[31mred\x9bm \u202e 漢字 after`,
  )
  expect(screen).toMatch(/^stead top · evil {2}running/)
})

test('no guard is no error of the terminal', async () => {
  const room = openRoom(SERVICES)
  const { code, stdout } = await room.stead('top')
  expect({ code, stdout }).toMatchObject({ code: 3, stdout: expect.stringContaining('stead up') })
  const file = await room.stead('top', '-f', room.file)
  expect(file.stderr).toContain('GUARD_NOT_RUNNING')
})
