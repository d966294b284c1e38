import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { until } from '../../contract/until.ts'
import { openRoom } from './room.ts'

const sleeper = (value: string) => ({ a: { command: ['sleep', '600'], env: { VALUE: value } } })

async function signedRoom() {
  const room = openRoom(sleeper('1'))
  const key = join(room.directory, 'key')
  expect((await room.stead('config', 'keygen', key)).code).toBe(0)
  const sign = (...more: string[]) => room.stead('config', 'sign', '--key', key, ...more)
  return { room, key, sign, args: ['--require-signature', `${key}.pub`] }
}

test('a guard that wants signatures starts with what was signed, and takes over what is signed anew', async () => {
  const { room, key, sign, args } = await signedRoom()
  const unsigned = await room.stead('up', ...args)
  expect(unsigned).toMatchObject({ code: 6, stderr: expect.stringContaining('it is not signed') })
  expect(await sign()).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/version \d+ of 1 file\n$/),
  })
  expect((await room.stead('config', 'verify', '--key', `${key}.pub`)).code).toBe(0)
  await room.up({ args })
  const [before] = await room.running('a')
  room.write(sleeper('2'))
  const altered = await room.stead('apply')
  expect(altered.code).toBe(6)
  expect(altered.stderr).toContain('stead.yaml was changed after it was signed')
  expect((await room.one('a')).pid).toBe(before?.pid)
  await sign()
  expect((await room.stead('apply')).code).toBe(0)
  await room.running('a')
  expect(room.programs('a').map(({ environment }) => environment.VALUE)).toEqual(['2'])
})

test('an older version is refused, by the guard that has taken a newer one and by those after it', async () => {
  const { room, sign, args } = await signedRoom()
  await sign('--sequence', '5')
  const old = [room.file, `${room.file}.sig`].map((path) => [path, readFileSync(path)] as const)
  await room.up({ args })
  await room.running('a')
  room.write(sleeper('2'))
  await sign('--sequence', '6')
  expect((await room.stead('apply')).code).toBe(0)
  for (const [path, bytes] of old) writeFileSync(path, bytes)
  const refusal = 'it is version 5, and 6 was accepted before'
  expect(await room.stead('apply')).toMatchObject({
    code: 6,
    stderr: expect.stringContaining(refusal),
  })
  // Back to what was taken before is another matter: who asks is known.
  expect((await room.stead('config', 'rollback', '1')).code).toBe(0)
  await room.stead('down')
  const again = await room.stead('up', ...args)
  expect(again).toMatchObject({ code: 6, stderr: expect.stringContaining(refusal) })
})

test('a file that is watched is taken over once its signature has followed', async () => {
  const { room, sign, args } = await signedRoom()
  const watched = { configuration: { watch: true, debounce: '50ms' } }
  room.write(sleeper('1'), watched)
  await sign()
  await room.up({ args })
  await room.running('a')
  room.write(sleeper('2'), watched)
  const refused = async () => (await room.status()).guard.config?.refused?.reason ?? ''
  await until('it is refused', async () => (await refused()).includes('was changed after'))
  await sign()
  await until('it is taken over', () => {
    const values = room.programs('a').map(({ environment }) => environment.VALUE)
    return values.length === 1 && values[0] === '2'
  })
  await until('the refusal is over', async () => (await refused()) === '')
})

test('what a signed file includes is signed with it', async () => {
  const { room, sign, args } = await signedRoom()
  writeFileSync(join(room.directory, 'more.yaml'), 'services: { b: { command: [sleep, "600"] } }\n')
  room.write('include: more.yaml\nservices: { a: { command: [sleep, "600"] } }\n')
  expect((await sign()).stdout).toMatch(/ of 2 files\n$/)
  writeFileSync(join(room.directory, 'more.yaml'), 'services: { b: { command: [evil] } }\n')
  const refused = await room.stead('up', ...args)
  expect(refused).toMatchObject({ code: 6 })
  expect(refused.stderr).toContain('more.yaml was changed after it was signed')
})

test('a guard that wants signatures takes no remote settings without one', async () => {
  const { room, sign, args } = await signedRoom()
  const server = createServer(({ url }, response) => {
    if (url === '/x.yaml') response.end('services: { a: { env: { A: b } } }')
    else response.writeHead(404).end()
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  try {
    await sign()
    const { port } = server.address() as AddressInfo
    const refused = await room.stead('up', ...args, '--remote', `http://127.0.0.1:${port}/x.yaml`)
    expect(refused).toMatchObject({ code: 6 })
    expect(refused.stderr).toMatch(/x\.yaml \(sha256 .*\) is refused: it is not signed/)
  } finally {
    server.close()
  }
})
