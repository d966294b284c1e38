import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { updateSource } from './update-source.ts'

let room: string
let server: Server
let answer: RequestListener
let base: string

beforeEach(async () => {
  room = mkdtempSync(join(tmpdir(), 'stead-update-'))
  server = createServer((request, response) => answer(request, response))
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
  rmSync(room, { recursive: true, force: true })
})

const BYTES = Buffer.alloc(200_000, 'stead')
const EXPECTED = { size: BYTES.length, sha256: createHash('sha256').update(BYTES).digest('hex') }
const refused = (reason: string) => ({
  code: 'UPDATE_REFUSED',
  message: expect.stringContaining(reason),
})
const unreadable = (reason: string) => ({
  ...{ code: 'UPDATE_UNREADABLE', message: expect.stringContaining(reason) },
})

describe('an update in a directory', () => {
  test('is read, and what is not there is null', async () => {
    writeFileSync(join(room, 'web_update.json'), '{}')
    writeFileSync(join(room, 'web.tar.gz'), BYTES)
    const source = updateSource(join(room, 'web_update.json'))
    expect([source.file, await source.text(source.file)]).toEqual(['web_update.json', '{}'])
    expect(await source.text('web_update.json.sig')).toBeNull()
    expect((await source.archive('web.tar.gz', EXPECTED, () => {})).equals(BYTES)).toBe(true)
  })

  test('with another archive than the one that was signed is refused', async () => {
    const bent = Buffer.from(BYTES)
    bent[100_000] = (bent[100_000] ?? 0) ^ 1
    writeFileSync(join(room, 'bent'), bent)
    writeFileSync(join(room, 'short'), BYTES.subarray(1))
    writeFileSync(join(room, 'long'), Buffer.concat([BYTES, Buffer.from('x')]))
    mkdirSync(join(room, 'directory'))
    const source = updateSource(join(room, 'web_update.json'))
    const get = (name: string) => source.archive(name, EXPECTED, () => {})
    for (const name of ['bent', 'short'])
      await expect(get(name)).rejects.toMatchObject(refused('not the archive that was signed'))
    await expect(get('long')).rejects.toMatchObject(refused('more than 200000 bytes'))
    await expect(get('directory')).rejects.toMatchObject(unreadable('is no file'))
    await expect(get('nowhere')).rejects.toMatchObject(unreadable('there is no nowhere'))
  })
})

describe('an update on a server', () => {
  test('is read with what it needs to be asked for, and tells how far it is', async () => {
    const asked: (string | undefined)[] = []
    answer = (request, response) => {
      asked.push(request.url)
      if (request.url?.includes('.sig')) response.writeHead(404).end()
      else response.end(BYTES)
    }
    const source = updateSource(`${base}/releases/web_update.json?channel=stable`)
    expect(source.name).toBe(`${base}/releases/web_update.json`)
    expect(await source.text('web_update.json.sig')).toBeNull()
    let far = 0
    const bytes = await source.archive('web.tar.gz', EXPECTED, (count) => {
      far = count
    })
    expect([bytes.equals(BYTES), far]).toEqual([true, BYTES.length])
    expect(asked).toEqual([
      '/releases/web_update.json.sig?channel=stable',
      '/releases/web.tar.gz?channel=stable',
    ])
  })

  test('is not read on and on where there is more than was signed', async () => {
    answer = (_, response) => {
      const more = (): void => {
        while (response.write(BYTES));
        response.once('drain', more)
      }
      more()
    }
    const asked = updateSource(`${base}/web_update.json`).archive('web.tar.gz', EXPECTED, () => {})
    await expect(asked).rejects.toMatchObject(refused('more than 200000 bytes'))
  })

  test('that answers with an error, breaks off or is not there is named with the reason', async () => {
    const source = updateSource(`${base}/web_update.json`)
    answer = (_, response) => response.writeHead(503).end()
    await expect(source.text(source.file)).rejects.toMatchObject(unreadable('503'))
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': 100 })
      response.write('half', () => response.destroy())
    }
    await expect(source.text(source.file)).rejects.toMatchObject({ code: 'UPDATE_UNREADABLE' })
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
    // Nothing was asked of it before: there is no connection that was kept, and is closing just now.
    const never = createServer().listen(0, '127.0.0.1')
    await new Promise((done) => never.once('listening', done))
    const { port } = never.address() as AddressInfo
    await new Promise((done) => never.close(done))
    const gone = updateSource(`http://127.0.0.1:${port}/web_update.json`)
    await expect(gone.text(gone.file)).rejects.toMatchObject(unreadable('ECONNREFUSED'))
  })

  test('is followed to where it has gone, and to no place where others could change it', async () => {
    const lead = (to: string): RequestListener => {
      return (request, response) => {
        if (request.url === '/there/x') response.end('{}')
        else response.writeHead(302, { location: to }).end()
      }
    }
    const source = updateSource(`${base}/web_update.json`)
    answer = lead('/there/x')
    expect(await source.text(source.file)).toBe('{}')
    answer = lead('http://example.com/web_update.json')
    await expect(source.text(source.file)).rejects.toMatchObject(unreadable('without https'))
    answer = lead('/for/ever')
    await expect(source.text(source.file)).rejects.toMatchObject(unreadable('more than 5 times'))
    answer = lead('http://[')
    await expect(source.text(source.file)).rejects.toMatchObject(unreadable('leads nowhere'))
  })

  test.each([
    ['http://example.com/web_update.json', 'updates come by https'],
    ['ftp://example.com/web_update.json', 'updates come by https'],
    ['file:///etc/passwd', 'updates come by https'],
    ['https://user:secret@example.com/web_update.json', 'do not belong into an address'],
  ])('of the address %s is refused', (address, reason) => {
    try {
      updateSource(address)
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject(refused(reason))
      expect((error as Error).message).not.toContain('secret')
    }
  })
})
