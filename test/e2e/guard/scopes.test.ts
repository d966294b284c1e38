/** Guards of two homes, and of two files in one home, know nothing of each other. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { lives } from './processes.ts'
import { openRoom } from './room.ts'
import { ROOT, run, STEAD } from './stead.ts'

const SLEEP = ['/bin/sleep', '1000']

test('guards of two homes do not see each other, and ending one leaves the other', async () => {
  const [one, two] = [openRoom(), openRoom()]
  for (const room of [one, two]) {
    room.write(
      { web: { command: SLEEP }, [`own${room === one ? 1 : 2}`]: { command: SLEEP } },
      {
        project: 'same',
      },
    )
    await room.up()
    await room.running('web')
  }
  const names = async (room: typeof one): Promise<string[]> =>
    JSON.parse((await room.stead('status', '--json')).stdout).services.map(
      ({ id }: { id: string }) => id,
    )
  expect(await names(one)).toEqual(['web', 'own1'])
  expect(await names(two)).toEqual(['web', 'own2'])
  const web = await two.one('web')
  expect(await one.stead('restart', 'web')).toMatchObject({ code: 0 })
  expect(await one.stead('down')).toMatchObject({ code: 0 })
  one.expectNothingLeft()
  expect(await two.one('web')).toMatchObject({ pid: web.pid, incarnation: 1 })
  expect(lives(web.pid as number)).toBe(true)
  expect(await two.stead('down')).toMatchObject({ code: 0 })
  two.expectNothingLeft()
})

test('two files in one home have a guard each; status shows both, down ends the one that is meant', async () => {
  const room = openRoom({ web: { command: SLEEP } }, { project: 'shop' })
  const other = join(room.directory, 'other')
  mkdirSync(other)
  const file = join(other, 'stead.yaml')
  writeFileSync(file, JSON.stringify({ project: 'shop', services: { mail: { command: SLEEP } } }))
  const inOther = (...words: string[]) =>
    run([...STEAD, ...words, '--home', room.home], { cwd: other })

  expect(await room.stead('up', '-d')).toMatchObject({ code: 0 })
  expect(await inOther('up', '-d')).toMatchObject({ code: 0 })
  const { stdout } = await room.stead('status', '--json')
  const ids = JSON.parse(stdout).services.map(({ id }: { id: string }) => id) as string[]
  expect(ids.sort()).toEqual(['mail', 'web'])
  // A name is found wherever it lives.
  expect(await room.stead('restart', 'mail')).toMatchObject({ code: 0 })
  expect(await inOther('down')).toMatchObject({ code: 0 })
  expect(room.programs('mail')).toEqual([])
  expect(room.programs('web').length).toBe(1)
  expect(await room.stead('status', 'web')).toMatchObject({ code: 0 })
  expect(await room.stead('down')).toMatchObject({ code: 0 })
  room.expectNothingLeft()
})

test('from anywhere the only guard that runs is found; of several one has to be named, and they are listed', async () => {
  const room = openRoom({ web: { command: SLEEP } })
  const elsewhere = mkdtempSync(join(tmpdir(), 'sg-'))
  onTestFinished(() => rmSync(elsewhere, { recursive: true }))
  const other = join(room.directory, 'other', 'stead.yaml')
  const anywhere = (...words: string[]) =>
    run([...STEAD, ...words, '--home', room.home], { cwd: elsewhere })
  const VERBS = [
    ['config', 'show'],
    ['config', 'show', '--running'],
    ['config', 'history'],
    ['config', 'diff'],
    ['apply', '--dry-run'],
    ['audit'],
  ]
  expect(await anywhere('down')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('there is no stead.yaml in this directory or above it'),
  })
  await room.up()
  await room.running('web')
  for (const verb of VERBS) expect([verb, (await anywhere(...verb)).code]).toEqual([verb, 0])
  expect((await anywhere('config', 'show', '--json')).stdout).toContain(room.file)
  expect((await anywhere('config', 'history')).stdout).toContain('start')

  mkdirSync(join(room.directory, 'other'))
  writeFileSync(other, JSON.stringify({ services: { mail: { command: SLEEP } } }))
  expect(await anywhere('up', '-d', '-f', other)).toMatchObject({ code: 0 })
  for (const verb of [...VERBS, ['down'], ['metrics'], ['graph']]) {
    const { code, stderr } = await anywhere(...verb)
    expect([verb, code]).toEqual([verb, 2])
    expect(stderr).toMatch(/several guards run; name one with -f: /)
    for (const file of [room.file, other]) expect(stderr).toContain(file)
  }
  expect(await anywhere('down', '-f', other)).toMatchObject({ code: 0 })

  // Who stands beside a file means that one, whether its guard runs or not.
  writeFileSync(join(elsewhere, 'stead.yaml'), 'services: { mail: { command: [sleep, "600"] } }\n')
  expect((await anywhere('down')).stderr).toContain('GUARD_NOT_RUNNING')
  rmSync(join(elsewhere, 'stead.yaml'))
  expect(await anywhere('down')).toMatchObject({
    code: 0,
    stdout: `everything of ${room.file} is stopped\n`,
  })
  room.expectNothingLeft()
})

test('a program finds the only guard that runs by connect(), and is told where there is none or several', async () => {
  const room = openRoom({ web: { command: SLEEP } })
  const elsewhere = mkdtempSync(join(tmpdir(), 'sg-'))
  onTestFinished(() => rmSync(elsewhere, { recursive: true }))
  const program = join(elsewhere, 'program.ts')
  const client = pathToFileURL(join(ROOT, 'src/client.ts')).href
  writeFileSync(
    program,
    `import { connect } from ${JSON.stringify(client)}
const home = ${JSON.stringify(room.home)}
const guard = await connect({ home }).catch(({ code, message }) => {
  console.log(code, message)
  process.exit(1)
})
console.log((await guard.status()).services.map(({ id }) => id).join())
guard.close()
`,
  )
  const ask = async () => (await run([process.execPath, program], { cwd: elsewhere })).stdout.trim()
  expect(await ask()).toMatch(/^FILE_UNREADABLE .*there is no stead\.yaml in this directory/)
  await room.up()
  await room.running('web')
  expect(await ask()).toBe('web')
  mkdirSync(join(room.directory, 'other'))
  const other = join(room.directory, 'other', 'stead.yaml')
  writeFileSync(other, JSON.stringify({ services: { mail: { command: SLEEP } } }))
  expect(await room.stead('up', '-d', '-f', other)).toMatchObject({ code: 0 })
  const several = await ask()
  expect(several).toMatch(/^USAGE several guards run; name one/)
  for (const file of [room.file, other]) expect(several).toContain(file)
  expect(await room.stead('down', '-f', other)).toMatchObject({ code: 0 })
})
