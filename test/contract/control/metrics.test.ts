import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { openRoom } from './room.ts'

const get = (accept: string): string =>
  `GET /metrics HTTP/1.1\r\nHost: x\r\nAccept: ${accept}\r\nConnection: close\r\n\r\n`

describe('GET /metrics', () => {
  test('answers in the format that is asked for', async () => {
    await using room = await openRoom()
    const open = await room.exchange(get('application/openmetrics-text;version=1.0.0,*/*;q=0.1'))
    expect(open).toMatch(/^HTTP\/1.1 200 OK\r\n/)
    expect(open).toContain(
      '\r\nContent-Type: application/openmetrics-text; version=1.0.0; charset=utf-8\r\n',
    )
    expect(open).toMatch(/\n# EOF\n$/)
    const plain = await room.exchange(get('*/*'))
    expect(plain).toContain('\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n')
    expect(plain).not.toContain('# EOF')
    expect(await room.client.metrics()).toBe(plain.slice(plain.indexOf('\r\n\r\n') + 4))
  })

  test('tells of those that are selected, and of what the caller may see', async () => {
    await using room = await openRoom({ allow: () => true })
    expect(await room.client.metrics({ names: ['svc-1'] })).not.toContain('svc-2')
    await expect(room.client.metrics({ names: ['nobody'] })).rejects.toMatchObject({
      code: 'NOT_INSTALLED',
    })
  })

  test('is clean for promtool', async ({ skip }) => {
    if (spawnSync('promtool', ['--version']).status !== 0) skip('no promtool')
    await using room = await openRoom()
    const input = await room.client.metrics()
    const { stdout, stderr, status } = spawnSync('promtool', ['check', 'metrics'], {
      input,
      encoding: 'utf8',
    })
    expect({ stdout, stderr, status }).toEqual({ stdout: '', stderr: '', status: 0 })
  })
})
