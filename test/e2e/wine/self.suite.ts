/** Programs that manage themselves, on the SCM of this Windows: `examples/hello` and `examples/live`. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { withCleanUp } from '../../contract/clean-up.ts'
import { describe, test } from '../../contract/harness.ts'
import { until } from '../../contract/until.ts'
import { freePort } from '../../fixtures/free-port.ts'

const pathOf = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url))
const app = pathOf('examples/hello/app.ts')
const live = pathOf('examples/live/app.ts')
const stead = pathOf('bin/stead.js')

interface Answer {
  readonly status: number | undefined
  readonly text: string
}

interface Reported {
  readonly services: readonly { readonly phase: string }[]
}

describe('examples/hello on the SCM', () => {
  test('S01 S11 it installs, starts, pauses, reloads, stops and uninstalls itself', {}, async () => {
    const home = mkdtempSync(join(tmpdir(), 'stead home '))
    const name = `hello-${process.pid}`
    const port = await freePort()
    const config = join(home, 'greeting.txt')
    writeFileSync(config, 'Servus')
    const self = (verb: string, ...args: string[]) => {
      const all = [app, verb, '--name', name, '--home', home, ...args]
      const { status, stdout, stderr } = spawnSync(process.execPath, all, { encoding: 'utf8' })
      return { status, stdout, stderr }
    }
    const must = (verb: string, ...args: string[]): string => {
      const { status, stdout, stderr } = self(verb, ...args)
      assert.equal(status, 0, `${verb}: ${stdout}${stderr}`)
      return stdout
    }
    const phase = (): string | undefined =>
      (JSON.parse(self('status', '--json').stdout) as Reported).services[0]?.phase
    const page = (path: string): Promise<Answer> => ask(port, path)
    await withCleanUp(
      async () => {
        assert.equal(self('status').status, 4)
        must(
          'install',
          '--env',
          `PORT=${port}`,
          '--config',
          config,
          '--restart',
          'no',
          '--user',
          'LocalSystem',
          // The checkout may lie where everybody may write to.
          '--allow-writable',
        )
        assert.equal(self('status').status, 3)
        must('start')
        assert.equal(phase(), 'running')
        assert.deepEqual(await page('/'), { status: 200, text: 'Servus' })
        assert.equal((await page('/healthz')).status, 200)
        must('pause')
        assert.equal(phase(), 'paused')
        assert.equal((await page('/')).status, 503)
        must('resume')
        writeFileSync(config, 'Grüezi')
        must('reload')
        await until('the new greeting', async () => (await page('/')).text === 'Grüezi')
        must('stop')
        assert.equal(phase(), 'stopped')
        assert.match(readFileSync(join(home, 'logs', `${name}.log`), 'utf8'), /<6> greeting read/)
      },
      () => {
        must('uninstall')
        assert.equal(self('status').status, 4)
        rmSync(home, { recursive: true, force: true, maxRetries: 30, retryDelay: 50 })
      },
    )
  })
})

describe('examples/live on the SCM', () => {
  test('its port and its log level change while it runs, by its file and by stead set', {}, async () => {
    const home = mkdtempSync(join(tmpdir(), 'stead live '))
    const name = `live-${process.pid}`
    const [first, second] = [await freePort(), await freePort()]
    const config = join(home, 'live.yaml')
    const node = (...words: string[]) => {
      const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' })
      return { status, out: `${stdout}${stderr}` }
    }
    const self = (verb: string, ...args: string[]): string => {
      const { status, out } = node(live, verb, '--name', name, '--home', home, ...args)
      assert.equal(status, 0, `${verb}: ${out}`)
      return out
    }
    const set = (...args: string[]) => node(stead, 'set', name, '--home', home, ...args)
    const log = (): string => readFileSync(join(home, 'logs', `${name}.log`), 'utf8')
    const told = async (port: number, path = '/'): Promise<unknown> =>
      JSON.parse((await ask(port, path)).text)
    writeFileSync(config, `port: ${first}\n`)
    const account = ['--user', 'LocalSystem', '--allow-writable']
    self('install', '--config', config, '--restart', 'no', ...account)
    await withCleanUp(
      async () => {
        self('start')
        assert.deepEqual(await told(first), { port: first, level: 'info' })
        // It answers by what holds then: the other configuration has to be there in time.
        const slow = told(first, '/?wait=9000')
        writeFileSync(config, `port: ${second}\nlogLevel: debug\n`)
        const changed = JSON.stringify({ port: second, level: 'debug' })
        await until('it listens there, with its level', () =>
          told(second).then(
            (answer) => JSON.stringify(answer) === changed,
            () => null,
          ),
        )
        await assert.rejects(told(first))
        assert.deepEqual(await slow, { port: first, level: 'debug' })
        const done = set('logLevel=warning', '--for', '1h')
        assert.equal(done.status, 0, done.out)
        assert.match(done.out, /has taken it/, `${done.out}\n${log()}`)
        assert.deepEqual(await told(second), { port: second, level: 'warning' })
        writeFileSync(config, 'port: none\n')
        await until('it is refused', () => /reload refused/.test(log()) || null)
        const wrong = set('logLevel=loud')
        assert.equal(wrong.status, 2)
        assert.match(wrong.out, /is not one of configured, debug, info, warning/)
        assert.deepEqual(await told(second), { port: second, level: 'warning' })
      },
      () => {
        self('uninstall')
        rmSync(home, { recursive: true, force: true, maxRetries: 30, retryDelay: 50 })
      },
    )
  })
})

/** By node:http: the `fetch` of Node cannot connect in Wine 8. */
function ask(port: number, path: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = get({ host: '127.0.0.1', port, path, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode, text: text.trim() }))
    })
    request.on('error', reject)
  })
}
