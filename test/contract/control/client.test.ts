import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, onTestFinished, test } from 'vitest'
import { connectControl, controlServer } from '../../../src/cli/compose-control.ts'
import { connect, isSteadError } from '../../../src/client.ts'
import { systemClock } from '../../../src/platform/clock.ts'
import { openRoom } from './room.ts'

const guide = readFileSync(new URL('../../../docs/guide/client.md', import.meta.url), 'utf8')

describe('stead/client', () => {
  test('does what its guide shows', async () => {
    await using room = await openRoom()
    room.guard.log.append({ type: 'guard', text: 'x', severity: 6 })
    const log = join(room.directory, 'svc-0.log')
    writeFileSync(log, 'a line\n')
    room.guard.logPaths.set('svc-0', log)
    const code = (/^```ts\n(.*?)^```$/ms.exec(guide)?.[1] ?? '')
      .replace('connect()', `connect({ socket: ${JSON.stringify(room.socket)} })`)
      .replace('web-*', 'svc-9')
    // Within the package, so that it is found by its name.
    const folder = mkdtempSync(new URL('.client-', import.meta.url).pathname)
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const script = join(folder, 'example.ts')
    writeFileSync(script, code)
    const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] })
    const said = (await text(child.stdout)).split('\n')
    expect(said.slice(0, 3).join()).toContain('svc-0 is running: it was started at boot')
    expect(said.slice(3)).toEqual([
      'the guard of test has no service "svc-9" (see which there are: stead list)',
      'a line',
      '1 guard',
      '',
    ])
  })

  test('has every verb, and takes names as they come', async () => {
    await using room = await openRoom()
    const client = await connect({ socket: room.socket })
    onTestFinished(() => client.close())
    const verbs = ['start', 'stop', 'restart', 'reload', 'pause', 'resume', 'once', 'hold'] as const
    for (const verb of verbs) {
      const [result] = await client[verb]('svc-0')
      expect(result).toMatchObject({ id: 'svc-0', done: true })
    }
    await client.restart(['svc-0', 'svc-1'], { rolling: true })
    await client.stop({ names: [], labels: { tier: 'front' } }, { wait: false })
    expect(room.guard.calls.map(({ args }) => args[0])).toEqual([...verbs, 'restart', 'stop'])
    expect(room.guard.calls.at(-1)?.args[1]).toEqual({ names: [], labels: { tier: 'front' } })
    expect((await client.status('svc-1')).services.map(({ id }) => id)).toEqual(['svc-1'])
    expect(await client.history(['svc-2'])).toHaveLength(1)
    await client.scale('svc-0', 3)
    await client.signal({ names: ['svc-0'] }, 'SIGHUP')
    await client.beat('svc-0')
  })

  test('its errors are typed', async () => {
    await using room = await openRoom()
    const client = await connect({ socket: room.socket })
    onTestFinished(() => client.close())
    const error = await client.stop('nobody').catch((e: unknown) => e)
    expect(isSteadError(error, 'NOT_INSTALLED') && error.hint).toBe(
      'see which there are: stead list',
    )
    await expect(connect({ socket: '/nowhere' })).rejects.toMatchObject({
      code: 'GUARD_UNREACHABLE',
    })
    await expect(connect({ project: 'nobody', home: room.directory })).rejects.toMatchObject({
      code: 'GUARD_NOT_RUNNING',
    })
  })

  test('its events go on with the next guard, without a gap and without one twice', async () => {
    await using room = await openRoom()
    const say = (text: string): void =>
      void room.guard.log.append({ type: 'guard', text, severity: 6 })
    say('before')
    const client = await connect({ socket: room.socket })
    const other = connectControl(room.socket)
    const seen: number[] = []
    const stop = new AbortController()
    let again: Awaited<ReturnType<typeof controlServer>> | null = null
    onTestFinished(async () => {
      client.close()
      other.close()
      await again?.close()
    })
    await client.facts()
    say('while nobody listens')
    for await (const event of client.events({ since: 2, signal: stop.signal })) {
      if ('number' in event) seen.push(event.number)
      if (seen.length === 1) {
        say('three')
      } else if (seen.length === 2) {
        // The guard ends, things happen, and another one takes its place on the same socket.
        await room.server.close()
        say('four, while no guard answers')
        const { guard: api, socket } = room
        again = await controlServer({ api, clock: systemClock(), socket })
        say('five')
      } else if (seen.length === 4) stop.abort()
    }
    expect(seen).toEqual([2, 3, 4, 5])
    expect((await client.facts()).event).toBe(5)
  })

  test('its events wait for a guard as long as they are told to', async () => {
    await using room = await openRoom()
    const client = await connect({ socket: room.socket })
    onTestFinished(() => client.close())
    const reading = (async () => {
      for await (const event of client.events({ patience: 300 })) expect(event).toBe('nothing')
    })()
    await room.server.close()
    await expect(reading).rejects.toMatchObject({ code: 'GUARD_UNREACHABLE' })
  })

  test('a caller without a role is told so', async () => {
    await using room = await openRoom({ allow: () => false })
    await expect(connect({ socket: room.socket })).rejects.toMatchObject({ code: 'RIGHTS' })
  })
})
