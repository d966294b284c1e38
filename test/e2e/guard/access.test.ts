/** Roles and the audit log, by users of the system that the kernel tells apart. */
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { until } from '../../contract/until.ts'
import { freePort } from './free-port.ts'
import { kill } from './processes.ts'
import { openRoom, type Room } from './room.ts'
import { type Answer, run, STEAD } from './stead.ts'

const SLEEP = ['/bin/sleep', '1000']
const [VIEWER, OPERATOR, STRANGER] = [64_001, 64_002, 64_003]
const services = {
  web: { command: ['sh', '-c', 'echo hello; exec sleep 1000'], labels: { tier: 'front' } },
  db: { command: SLEEP },
}
const access = [
  { role: 'viewer', users: [VIEWER], services: ['web'] },
  { role: 'operator', groups: [OPERATOR], labels: { tier: 'front' } },
]
const audited = (room: Room): string =>
  join(dirname(room.socket()).replace('/run/', '/state/'), 'audit.jsonl')

function as(room: Room, uid: number, ...words: string[]): Promise<Answer> {
  const other = ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups']
  return run([...other, ...STEAD, ...words, '--home', room.home], { cwd: room.directory })
}

const idsIn = ({ stdout }: Answer): string[] =>
  JSON.parse(stdout).services.map(({ id }: { id: string }) => id)

describe.skipIf(process.geteuid?.() !== 0)('with access in stead.yaml', () => {
  test('each user sees and does what its role is for, and changes of it hold at once', async () => {
    const room = openRoom(services, { access })
    chmodSync(room.directory, 0o755)
    const guard = await room.up()
    await room.running('web', 'db')
    await until('it is found by others', () => (statSync(room.socket()).mode & 0o6) === 0o6)

    expect(idsIn(await as(room, VIEWER, 'status', '--json'))).toEqual(['web'])
    const refused = await as(room, VIEWER, 'stop', 'web')
    expect(refused).toMatchObject({ code: 4 })
    expect(refused.stderr).toContain('it needs the role operator for web')
    expect(await as(room, VIEWER, 'explain', 'db')).toMatchObject({ code: 5 })
    await until('it has said it', () => room.log('web').includes('hello'))
    expect((await as(room, VIEWER, 'logs', 'web')).stdout).toContain('hello')
    expect((await as(room, VIEWER, 'events', '--json')).stdout).not.toContain('"db"')

    expect(await as(room, OPERATOR, 'restart', 'web')).toMatchObject({ code: 0 })
    // The log is the guard's user's alone: the guard reads it for those who may see the service.
    expect((await as(room, VIEWER, 'explain', 'web')).stdout).toContain('hello')
    expect(await as(room, OPERATOR, 'signal', 'web', 'WINCH')).toMatchObject({ code: 0 })
    expect((await room.one('web')).want.by).toBe(`operator uid ${OPERATOR}`)
    expect(await as(room, OPERATOR, 'restart', 'db')).toMatchObject({ code: 5 })
    expect(await as(room, OPERATOR, 'scale', 'web', '2')).toMatchObject({ code: 4 })
    expect(await as(room, OPERATOR, 'apply', '--dry-run')).toMatchObject({ code: 4 })
    expect(await as(room, OPERATOR, 'down')).toMatchObject({ code: 4 })
    expect(await as(room, OPERATOR, 'audit')).toMatchObject({ code: 4 })
    expect(await as(room, STRANGER, 'down')).toMatchObject({ code: 4 })
    expect(await as(room, STRANGER, 'up', '-d')).toMatchObject({ code: 4 })

    room.write(services, { access: [{ role: 'viewer', users: [STRANGER] }] })
    expect(await room.stead('apply')).toMatchObject({ code: 0 })
    expect(idsIn(await as(room, STRANGER, 'status', '--json'))).toEqual(['web', 'db'])
    expect(await as(room, OPERATOR, 'restart', 'web')).not.toMatchObject({ code: 0 })
    room.write(services)
    expect(await room.stead('apply')).toMatchObject({ code: 0 })
    expect(statSync(room.socket()).mode & 0o777).toBe(0o600)
    expect(await as(room, STRANGER, 'down')).not.toMatchObject({ code: 0 })

    const { stdout } = await room.stead('audit', '--json')
    const entries = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(entries.map(({ uid, action, result }) => [uid, action, result])).toEqual([
      [0, 'up', 'done'],
      [VIEWER, 'stop', 'refused'],
      [OPERATOR, 'restart', 'asked'],
      [OPERATOR, 'restart', 'done'],
      [OPERATOR, 'signal', 'asked'],
      [OPERATOR, 'signal', 'done'],
      [OPERATOR, 'scale', 'refused'],
      [OPERATOR, 'apply', 'refused'],
      [OPERATOR, 'down', 'refused'],
      [0, 'apply', 'asked'],
      [0, 'apply', 'done'],
      [0, 'apply', 'asked'],
      [0, 'apply', 'done'],
    ])
    expect(entries[2]).toMatchObject({ command: expect.stringContaining('node stead') })
    expect(await room.stead('down')).toMatchObject({ code: 0 })
    expect(await guard.ended).toMatchObject({ code: 0 })
  })
})

test('over TCP who shows the token has its role, and the audit log has its name', async () => {
  const port = await freePort()
  const tcp = {
    listen: port,
    tokens: [{ name: 'ci', file: './ci.token', role: 'operator', services: ['web'] }],
  }
  const room = openRoom(services, { control: { tcp } })
  const token = 'correct-horse-battery-staple'
  writeFileSync(join(room.directory, 'ci.token'), token, { mode: 0o600 })
  const guard = await room.up()
  await room.running('web', 'db')
  const ask = (path: string, method = 'GET'): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
    })
  await until('it listens', () => guard.text().includes('it is controlled at'))
  const { services: seen } = (await (await ask('/v1/status')).json()) as {
    services: { id: string }[]
  }
  expect(seen.map(({ id }) => id)).toEqual(['web'])
  expect((await ask('/v1/services/web/restart', 'POST')).status).toBe(200)
  expect((await ask('/v1/services/db/restart', 'POST')).status).toBe(404)
  expect((await ask('/v1/shutdown', 'POST')).status).toBe(403)
  const audited = (await room.stead('audit')).stdout
  expect(audited).toMatch(/token ci \(127\.0\.0\.1\): restart web: asked/)
  expect(audited).not.toContain(token)
  room.write(services)
  expect(await room.stead('apply')).toMatchObject({ code: 0 })
  await until('nobody listens', () =>
    ask('/v1').then(
      () => false,
      () => true,
    ),
  )
  expect(await room.stead('down')).toMatchObject({ code: 0 })
})

describe('the audit log', () => {
  test('outlives a guard that is killed, and goes on; what was changed is named', async () => {
    const room = openRoom({ web: { command: SLEEP, env: { SECRET: 'hunter2' } } })
    const first = await room.up()
    await room.running('web')
    const path = audited(room)
    expect(await room.stead('restart', 'web')).toMatchObject({ code: 0 })
    const elsewhere = await run([...STEAD, 'audit', '--home', room.home], { cwd: room.home })
    expect(elsewhere.stdout, 'the only guard is meant').toContain('restart web: done')
    kill(first.pid)
    await first.ended
    const offline = await room.stead('audit', 'verify')
    expect(offline.stdout).toBe('the audit log is whole: 3 entries, 1 to 3\n')

    // As a kill in the middle of a write leaves it: a line without an end, which no head knows.
    const whole = readFileSync(path, 'utf8')
    writeFileSync(path, `${whole}{"number":4,"at":"20`)
    expect((await room.stead('audit', 'verify')).stdout).toContain(
      'audit.jsonl:4 was being written',
    )
    const second = await room.up()
    await room.running('web')
    expect(await room.stead('audit', 'verify')).toMatchObject({
      code: 0,
      stdout: 'the audit log is whole: 5 entries, 1 to 5\n',
    })
    expect((await room.stead('audit', '--since', '4')).stdout).toContain('mend bytes=20: done')

    const lines = readFileSync(path, 'utf8')
    expect(lines).not.toContain('hunter2')
    writeFileSync(path, lines.replace('"action":"restart"', '"action":"restort"'))
    const broken = await room.stead('audit', 'verify')
    expect(broken).toMatchObject({ code: 1 })
    expect(broken.stdout).toContain('audit.jsonl:2: it was changed')
    expect(broken.stderr).toContain('AUDIT_BROKEN')
    writeFileSync(path, '')
    expect((await room.stead('audit', 'verify')).stdout).toContain('entries 1 to 5 are missing')
    writeFileSync(path, lines)

    second.signal('SIGTERM')
    await second.ended
    const all = (await room.stead('audit')).stdout.trim().split('\n')
    expect(all.at(-2)).toMatch(/: down: asked$/)
    expect(all.at(-1)).toMatch(/: down: done \(6\)$/)
  })
})
