/** A guard of root, and files of its configuration that others can change. */
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openRoom } from './room.ts'

const SLEEPER = { a: { command: ['sleep', '600'] } }

describe.runIf(process.getuid?.() === 0)('a guard of root', () => {
  test('does not start with a file that everybody can write, unless it is told to', async () => {
    const room = openRoom(SLEEPER)
    chmodSync(room.file, 0o666)
    const refused = await room.up({ waits: false })
    expect((await refused.ended).code).toBe(2)
    expect(refused.text()).toMatch(/CONFIG_WRITABLE: everybody may change ".*stead\.yaml"/)
    expect(refused.text()).toContain('chmod go-w')
    await room.up({ args: ['--allow-writable'] })
    await room.running('a')
  })

  test('takes the variable for the option, where there is no command line', async () => {
    const room = openRoom(SLEEPER)
    chmodSync(room.file, 0o666)
    await room.up({ env: { STEAD_ALLOW_WRITABLE: '1' } })
    await room.running('a')
  })

  test('takes a file over no more that others can exchange, and runs on with what it has', async () => {
    const room = openRoom(SLEEPER)
    await room.up()
    const [a] = await room.running('a')
    room.write({ a: { command: ['sleep', '601'] } })
    chmodSync(room.directory, 0o777)
    const refused = await room.stead('apply')
    expect(refused).toMatchObject({ code: 2 })
    expect(refused.stderr).toMatch(/CONFIG_WRITABLE: everybody may change ".*" by way of ".*"/)
    expect((await room.one('a')).pid).toBe(a?.pid)
    // As /tmp is: others may add to it, and not touch what is there.
    chmodSync(room.directory, 0o1777)
    expect((await room.stead('apply')).code).toBe(0)
  })

  test('looks at what the file includes and at env files as well', async () => {
    const room = openRoom(SLEEPER, { include: 'conf.d/*.yaml' })
    mkdirSync(join(room.directory, 'conf.d'))
    chmodSync(join(room.directory, 'conf.d'), 0o1777)
    const open = await room.up({ waits: false })
    expect((await open.ended).code).toBe(2)
    expect(open.text()).toMatch(/CONFIG_WRITABLE: everybody may change ".*conf\.d\/\*\.yaml"/)
    chmodSync(join(room.directory, 'conf.d'), 0o755)
    writeFileSync(join(room.directory, 'a.env'), 'LD_PRELOAD=x\n')
    chownSync(join(room.directory, 'a.env'), 65534, 65534)
    room.write({ a: { ...SLEEPER.a, envFile: 'a.env' } })
    const given = await room.up({ waits: false })
    expect((await given.ended).code).toBe(2)
    expect(given.text()).toMatch(/CONFIG_WRITABLE: uid 65534 may change ".*a\.env"/)
  })
})
