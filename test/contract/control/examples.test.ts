import { execFile, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { openRoom } from './room.ts'

const page = resolve(fileURLToPath(import.meta.url), '../../../../docs/reference/control-api.md')
const examples = [...readFileSync(page, 'utf8').matchAll(/^curl .*$/gm)].map(([line]) => line)
const hasCurl = spawnSync('curl', ['--version']).status === 0

describe.skipIf(!hasCurl)('what control-api.md shows', () => {
  test.each(examples)('%s', async (line) => {
    await using room = await openRoom()
    const log = join(room.directory, 'svc-0.log')
    if (line.includes('logtail')) {
      writeFileSync(log, 'hello\n')
      room.guard.logPaths.set('svc-0', log)
      room.guard.log.append({ type: 'guard', text: 'says hello', severity: 6 })
    }
    // The names of the page become one that the fake guard has.
    const command = line
      .replace(/(services|logtail)\/[a-z@0-9]+/, '$1/svc-0')
      .replace(/name=[a-z*-]+/, 'name=svc-0')
      .replace(/"names": \["[^"]*"\]/, '"names": ["svc-0"]')
      .replace(/"service": "[^"]*"/, '"service": "svc-0"')
      .replace('curl ', 'exec curl --fail --max-time 45 ')
    const goesOn = line.includes('-sSN')
    const answer = await new Promise<{ code: unknown; text: string }>((done) => {
      const env = { ...process.env, SOCKET: room.socket }
      const child = execFile('sh', ['-c', command], { env }, (error, text, problem) =>
        done({ code: goesOn ? 0 : (error?.code ?? 0), text: text + problem }),
      )
      if (goesOn) child.stdout?.once('data', () => child.kill())
      // The log of the fake guard is empty, so that its stream ends by itself.
    })
    expect(answer).toMatchObject({ code: 0 })
    if (line.includes('event-stream')) expect(answer.text).toMatch(/^event: snapshot\nid: 0\n/)
    else if (line.includes('/RPC2')) expect(answer.text).toContain('RUNNING')
    else if (line.includes('logtail')) expect(answer.text).toMatch(/hello\n$/)
    else if (!/logs|metrics/.test(line)) JSON.parse(answer.text)
  })
})
