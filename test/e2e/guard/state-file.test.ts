/** T04: the state file is not what it was. The programs are found by the marks that they carry. */
import { mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openRoom, type Room } from './room.ts'

const DAMAGES: Readonly<Record<string, (file: string) => void>> = {
  'is cut in the middle of a record': (file) =>
    truncateSync(file, Math.floor(readFileSync(file).length * 0.6)),
  'is empty': (file) => truncateSync(file, 0),
  'is garbage': (file) => writeFileSync(file, Buffer.alloc(5_000, 0xfe)),
  'is of a newer version': (file) =>
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace(/^\{.*\}/, '{"stead":"state","version":999}'),
    ),
  'is gone': (file) => rmSync(file),
  'has become a directory': (file) => {
    rmSync(file)
    mkdirSync(file)
  },
}

for (const [what, damage] of Object.entries(DAMAGES)) {
  test(`T04 the state file ${what}: every program is found again, and none is doubled`, async () => {
    const names = ['a', 'b', 'c']
    const room = openRoom(
      Object.fromEntries(names.map((name) => [name, { command: ['/bin/sleep', '1000'] }])),
    )
    const first = await room.up()
    await room.running(...names)
    // So that incarnations differ, and the newest of each counts.
    expect(await room.stead('restart', 'b')).toMatchObject({ code: 0 })
    await room.running(...names)
    const before = await pidsOf(room)
    await first.kill()

    damage(stateFile(room))
    await room.up()
    await room.running(...names)
    expect(await pidsOf(room)).toEqual(before)
    for (const name of names) {
      expect(room.programs(name).map(({ pid }) => pid)).toEqual([before[name]])
    }
    expect(await room.stead('restart', 'a')).toMatchObject({ code: 0 })
    expect(room.programs('a').length).toBe(1)
    expect(await room.stead('down')).toMatchObject({ code: 0 })
    room.expectNothingLeft()
  })
}

function stateFile(room: Room): string {
  const guards = join(room.home, 'state', 'guards')
  const [guard] = readdirSync(guards)
  return join(guards, guard as string, 'state.jsonl')
}

async function pidsOf(room: Room): Promise<Record<string, number | null>> {
  return Object.fromEntries((await room.status()).services.map(({ id, pid }) => [id, pid]))
}
