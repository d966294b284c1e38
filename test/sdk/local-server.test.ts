import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  createLocalServer,
  type LocalServer,
  type LocalServerOptions,
  SteadError,
} from '../../src/index.ts'
import { temporaryDirectory } from '../fixtures/temporary-directory.ts'

const isRoot = process.geteuid?.() === 0

async function open(options: Partial<LocalServerOptions> = {}): Promise<LocalServer> {
  const directory = temporaryDirectory('local')
  chmodSync(directory, 0o711)
  const server = await createLocalServer({
    path: join(directory, 'run', 'tool.sock'),
    answer: ({ role, caller }) => ({ json: { role, uid: caller.uid, gid: caller.gid } }),
    ...options,
  })
  onTestFinished(() => server.close())
  return server
}

/** Asks as another user: the process gives up what it is before it connects. */
async function ask(
  { path }: LocalServer,
  { uid = 0, gid = uid as number, groups = [] as number[], target = '/', body = 0 } = {},
): Promise<{ status: number; body: string }> {
  const become = isRoot
    ? `process.setgroups(${JSON.stringify(groups)}); process.setgid(${gid}); process.setuid(${uid})`
    : ''
  const script = `${become}
    const { request } = require('node:http')
    const asked = request({
      socketPath: ${JSON.stringify(path)},
      path: ${JSON.stringify(target)},
      method: 'POST',
      headers: { 'Content-Length': ${body} },
    }, (r) => {
      let body = ''
      r.on('data', (part) => { body += part }).on('end', () => {
        process.stdout.write(JSON.stringify({ status: r.statusCode, body }), () => process.exit())
      })
    })
    asked.on('error', (e) => process.stdout.write(JSON.stringify({ status: 0, body: e.code })))
    // Of a body that is announced no more than its beginning is sent.
    if (${body} === 0) asked.end()
    else asked.write('x')`
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  return JSON.parse(await text(child.stdout))
}

describe('a local server of a service', () => {
  test('answers its own user, as admin, and is its user’s alone without access', async () => {
    const server = await open()
    const [uid, gid] = [process.geteuid?.(), process.getegid?.()]
    expect(await ask(server)).toEqual({
      status: 200,
      body: JSON.stringify({ role: 'admin', uid, gid }),
    })
    expect(statSync(server.path).mode & 0o777).toBe(0o600)
    expect(statSync(dirname(server.path)).mode & 0o777).toBe(0o700)
    expect(server.obstacle).toBe(null)
  })

  test.skipIf(!isRoot)('knows users and groups by the word of the kernel', async () => {
    const server = await open({
      access: [
        { role: 'viewer', groups: [64_010] },
        { role: 'operator', users: [64_011] },
      ],
      answer({ role, path, needs }) {
        if (path === '/change') needs('operator')
        return { text: role }
      },
    })
    expect(server.obstacle).toBe(null)
    expect(await ask(server, { uid: 64_001, gid: 64_010 })).toEqual({ status: 200, body: 'viewer' })
    const member = { uid: 64_001, groups: [64_009, 64_010] }
    expect(await ask(server, member)).toEqual({ status: 200, body: 'viewer' })
    const refused = await ask(server, { ...member, target: '/change' })
    expect(refused.status).toBe(403)
    expect(refused.body).toContain('it needs the role operator')
    expect(await ask(server, { uid: 64_011, target: '/change' })).toMatchObject({ status: 200 })
    expect(await ask(server, { uid: 64_012 })).toMatchObject({
      status: 403,
      body: expect.stringContaining('no right to talk to this service'),
    })
  })

  test.skipIf(!isRoot)(
    'opens no directory that was there, and names what keeps others out',
    async () => {
      const directory = temporaryDirectory('local')
      const inner = join(directory, 'mine')
      mkdirSync(inner, { mode: 0o700 })
      const server = await open({
        path: join(inner, 'tool.sock'),
        access: [{ role: 'viewer', users: [64_001] }],
      })
      expect(statSync(inner).mode & 0o777).toBe(0o700)
      expect(server.obstacle).toBe(directory)
      expect(await ask(server, { uid: 64_001 })).toEqual({ status: 0, body: 'EACCES' })
    },
  )

  test('a name that nobody has is an error, not a rule for nobody', async () => {
    const access = [{ role: 'viewer', users: ['no-such-user-here'] }] as const
    await expect(open({ access })).rejects.toMatchObject({ code: 'USER_UNKNOWN' })
  })

  test('tells a SteadError, and nothing of any other', async () => {
    const errors: unknown[] = []
    const server = await open({
      onError: (error) => errors.push(error),
      answer({ path }) {
        if (path === '/known') throw new SteadError('REQUEST_INVALID', { problem: 'not so' })
        throw new Error('the password is hunter2')
      },
    })
    expect(await ask(server, { target: '/known?x=1' })).toMatchObject({
      status: 400,
      body: expect.stringContaining('not so'),
    })
    const failed = await ask(server)
    expect(failed.status).toBe(500)
    expect(failed.body).not.toContain('hunter2')
    expect(errors).toHaveLength(1)
  })

  test('a body that is too large is refused, and answers may go on', async () => {
    async function* count() {
      for (let index = 0; index < 3; index += 1) yield `${index}\n`
    }
    const server = await open({ answer: () => ({ status: 201, parts: count() }) })
    expect(await ask(server)).toEqual({ status: 201, body: '0\n1\n2\n' })
    expect(await ask(server, { body: 1_100_000 })).toMatchObject({ status: 413 })
  })

  test('a second one on the same path is refused', async () => {
    const server = await open()
    await expect(open({ path: server.path })).rejects.toMatchObject({ code: 'GUARD_RUNNING' })
  })
})
