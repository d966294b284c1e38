/** Programs that people run: a database, a web server, Python, TypeScript, and one that crashes. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { until } from '../../contract/until.ts'
import { freePort } from './free-port.ts'
import { lives, processOf } from './processes.ts'
import { openRoom } from './room.ts'
import { PROGRAMS, PYTHON, ROOT, run } from './stead.ts'

const get = async (port: number, path = '/'): Promise<string> =>
  (await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(45_000) })).text()

test('redis-server is ready when it answers, keeps its data over a restart, and saves at the end', async () => {
  const port = await freePort()
  const room = openRoom()
  const redis = ['redis-server', '--port', String(port), '--dir', room.directory]
  room.write({
    db: { command: [...redis, '--save', '3600 1'], ready: { tcp: `127.0.0.1:${port}` } },
  })
  const cli = async (...words: string[]): Promise<string> => {
    const asked = await run(['redis-cli', '-p', String(port), ...words], { cwd: room.directory })
    return asked.stdout.trim()
  }
  await room.up()
  const [before] = await room.running('db')
  expect(await cli('set', 'kept', 'by the guard')).toBe('OK')

  expect(await room.stead('restart', 'db')).toMatchObject({ code: 0 })
  const [after] = await room.running('db')
  expect(after?.pid).not.toBe(before?.pid)
  expect(await cli('get', 'kept')).toBe('by the guard')

  expect(await room.stead('stop', 'db')).toMatchObject({ code: 0 })
  const stopped = await room.one('db')
  expect(stopped).toMatchObject({ phase: 'stopped', pid: null, restarts: 0 })
  expect(stopped.lastExit).toMatchObject({ exit: { kind: 'code', code: 0 }, cause: 'stop' })
  expect(room.log('db')).toMatch(/DB saved on disk/)
  expect(await room.stead('down')).toMatchObject({ code: 0 })
  room.expectNothingLeft()
})

test('O09 nginx in the foreground writes to /dev/stdout and /dev/stderr, and reloads in place', async () => {
  const port = await freePort()
  const room = openRoom()
  const conf = join(room.directory, 'nginx.conf')
  const configure = (word: string): void =>
    writeFileSync(conf, nginxConf(room.directory, port, word))
  configure('first')
  mkdirSync(join(room.directory, 'temp'))
  room.write({
    web: {
      command: ['/usr/sbin/nginx', '-c', conf, '-p', room.directory, '-e', '/dev/stderr'],
      ready: { tcp: port },
      reload: { signal: 'SIGHUP' },
      stop: [{ signal: 'SIGQUIT', wait: '5s' }],
    },
  })
  await room.up()
  const [web] = await room.running('web')
  expect(await get(port, '/one')).toBe('first\n')
  await until('the request is in the log', () => room.log('web').includes('GET /one'))

  configure('second')
  expect(await room.stead('reload', 'web')).toMatchObject({ code: 0 })
  await until('it answers anew', async () => (await get(port, '/two')) === 'second\n')
  expect(await room.one('web')).toMatchObject({ pid: web?.pid, phase: 'running', restarts: 0 })
  await until('the request after the reload is in the log', () =>
    room.log('web').includes('GET /two'),
  )
  expect(room.log('web')).toMatch(/\[notice\].*signal 1 \(SIGHUP\) received/)

  expect(await room.stead('down')).toMatchObject({ code: 0 })
  room.expectNothingLeft()
})

test('a Python program that crashes is back, and explain names the exit and its last lines', async () => {
  const port = await freePort()
  const room = openRoom({
    web: {
      command: [PYTHON, `${PROGRAMS}/web.py`, String(port)],
      ready: { http: `http://127.0.0.1:${port}/healthz`, every: '100ms' },
      health: { http: `http://127.0.0.1:${port}/healthz`, every: '200ms' },
    },
  })
  await room.up()
  const [before] = await room.running('web')
  expect(Number(await get(port))).toBe(before?.pid)
  await room.waitFor('web', 'is healthy', ({ health }) => health === 'healthy')

  await get(port, '/crash').catch(() => {})
  const after = await room.waitFor(
    'web',
    'is back',
    ({ pid, ready }) => ready && pid !== before?.pid,
  )
  expect(after).toMatchObject({ restarts: 1, phase: 'running' })
  expect(after.lastExit).toMatchObject({ exit: { kind: 'code', code: 3 }, cause: 'itself' })
  expect(after.recovery).toMatchObject({ cause: 'itself' })
  expect(Number(await get(port))).toBe(after.pid)

  const { stdout } = await room.stead('explain', 'web')
  expect(stdout).toMatch(/^web is running/m)
  expect(stdout).toMatch(/last end: .*#1 .*code 3/)
  expect(stdout).toContain('asked to crash')
  expect(await room.stead('down')).toMatchObject({ code: 0 })
  room.expectNothingLeft()
})

test('a TypeScript service starts when the database that it depends on is ready, and stops before it', async () => {
  const [dbPort, port] = [await freePort(), await freePort()]
  const room = openRoom()
  room.write({
    hello: {
      command: [process.execPath, `${ROOT}/examples/hello/app.ts`],
      protocol: 'native',
      env: { PORT: String(port), GREETING: 'Hello from the guard' },
      dependsOn: { db: 'ready' },
    },
    db: {
      command: ['redis-server', '--port', String(dbPort), '--dir', room.directory],
      ready: { tcp: dbPort },
    },
  })
  const guard = await room.up()
  const [hello] = await room.running('hello', 'db')
  expect(await get(port)).toBe('Hello from the guard\n')
  expect(hello?.statusText).toContain(`127.0.0.1:${port}`)

  const dbReady = await numberOf(room, ({ type, id }) => type === 'ready' && id === 'db')
  const helloStarts = await numberOf(
    room,
    ({ type, id, to }) => type === 'phase' && id === 'hello' && to === 'starting',
  )
  expect(helloStarts).toBeGreaterThan(dbReady)

  guard.signal('SIGTERM')
  expect(await guard.ended).toEqual({ code: 0, signal: null })
  const ends = guard.text().match(/^.* (hello|db) (?:is stopped|ended).*$/gm) ?? []
  expect(ends[0]).toContain('hello')
  room.expectNothingLeft()
})

test('a program that crashes three times heals by itself; pids change, restarts and exits are told', async () => {
  const room = openRoom()
  room.write({
    moody: {
      command: ['/bin/sh', `${PROGRAMS}/crashes.sh`, join(room.directory, 'lives'), '3', '7'],
      restart: { delay: '600ms', factor: 1, limit: '10/1m' },
    },
  })
  await room.up()
  const healed = await room.waitFor(
    'moody',
    'stays',
    ({ phase, restarts }) => phase === 'running' && restarts === 3,
  )
  expect(healed).toMatchObject({ incarnation: 4, phase: 'running' })
  const exits = JSON.parse((await room.stead('history', 'moody', '--json')).stdout).exits as {
    pid: number
    incarnation: number
    exit: unknown
  }[]
  expect(exits.map(({ incarnation }) => incarnation)).toEqual([1, 2, 3])
  expect(new Set([...exits.map(({ pid }) => pid), healed.pid]).size).toBe(4)
  for (const { exit } of exits) expect(exit).toEqual({ kind: 'code', code: 7 })

  await until('O03 the last words of each life are stored', () =>
    [1, 2, 3].every((life) => room.log('moody').includes(`life ${life} ends with 7`)),
  )
  const { stdout } = await room.stead('explain', 'moody')
  expect(stdout).toContain('code 7')
  expect(stdout).toContain('life 3 ends with 7')
  expect(stdout).not.toContain('life 2 ends with 7')
  expect(stdout).not.toContain('life 4 stays')
})

test('L14 a program killed by SIGSEGV is told as a signal, and one that cannot be started as its errno', async () => {
  const room = openRoom({
    // In stead.yaml two dollar signs are one.
    segfault: { command: ['/bin/sh', '-c', 'kill -SEGV $$$$'], restart: 'no' },
    missing: { command: ['/nonexistent/program'] },
  })
  await room.up()
  const dead = await room.waitFor('segfault', 'has ended', ({ lastExit }) => lastExit !== null)
  expect(dead.lastExit?.exit).toMatchObject({ kind: 'signal', signal: 'SIGSEGV' })
  const missing = await room.waitFor('missing', 'L03 is fatal', ({ phase }) => phase === 'fatal')
  expect(missing).toMatchObject({ restarts: 0, next: null })
  expect(missing.why).toMatch(/ENOENT/)
  expect(await room.stead('status')).toMatchObject({ code: 3 })
})

test('a shell script with grandchildren in a session of their own leaves nothing when it is restarted', async () => {
  const room = openRoom()
  const pids = join(room.directory, 'pids')
  room.write({
    family: {
      command: ['/bin/sh', `${PROGRAMS}/family.sh`, pids],
      ready: { log: 'is complete' },
      stop: [{ signal: 'SIGTERM', wait: '300ms' }],
    },
  })
  await room.up()
  const [before] = await room.running('family')
  const old = room.programs('family').map(({ pid }) => pid)
  expect(old.length).toBeGreaterThanOrEqual(3)
  expect(processOf(before?.pid as number)?.session).toBe(before?.pid)
  expect(await room.stead('restart', 'family')).toMatchObject({ code: 0 })
  expect(old.filter(lives)).toEqual([])
  expect(await room.stead('down')).toMatchObject({ code: 0 })
  room.expectNothingLeft()
})

type Room = ReturnType<typeof openRoom>

/** Number of the first event that fits. */
async function numberOf(
  room: Room,
  fits: (event: { type: string; id?: string; to?: string }) => boolean,
): Promise<number> {
  const found = (await room.events()).find(fits)
  if (found === undefined) throw new Error('no such event')
  return found.number
}

function nginxConf(directory: string, port: number, word: string): string {
  const kinds = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  return `daemon off;
pid ${directory}/nginx.pid;
error_log /dev/stderr notice;
events {}
http {
  access_log /dev/stdout;
${kinds.map((kind) => `  ${kind}_temp_path ${directory}/temp/${kind};`).join('\n')}
  server { listen 127.0.0.1:${port}; location / { return 200 "${word}\\n"; } }
}
`
}
