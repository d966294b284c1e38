/** Verbs on a service of an unmodified program: the SCM outside, its guard inside. */
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { after, describe, test } from '../../contract/harness.ts'
import { until } from '../../contract/until.ts'
import { freePort } from '../../fixtures/free-port.ts'
import { windowsProgram } from '../../fixtures/windows-programs.ts'
import { isAlive, PATIENCE, withProgram } from './any-program-room.ts'
import { fetchPackage, SERVOR } from './packages.ts'

const PARAMCHANGE = 6
const folder = mkdtempSync(join(tmpdir(), 'stead served '))
after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 }))

describe('a server from npm that knows nothing of stead', () => {
  test('S01 is installed, RUNNING when its port answers, served, asked, stopped and removed by the command', {}, async () => {
    writeFileSync(join(folder, 'index.html'), 'served')
    const port = await freePort()
    const settings = {
      command: [
        process.execPath,
        join(fetchPackage(SERVOR), 'cli.js'),
        '.',
        'index.html',
        `${port}`,
      ],
      cwd: folder,
      ready: { tcp: port },
    }
    await withProgram(settings, async ({ name, stead, ...service }) => {
      const must = (...args: string[]): string => {
        const { status, output } = stead(...args)
        assert.equal(status, 0, `${args.join(' ')}: ${output}\n${service.log()}`)
        return output
      }
      must('start', name)
      const { state } = await service.status()
      assert.equal(state, 'running')
      assert.equal(await page(port), 'served')

      const { services } = JSON.parse(must('status', name, '--json'))
      assert.equal(services[0].phase, 'running')
      const { pid } = services[0]
      assert.ok(isAlive(pid) && pid !== (await service.status()).pid)
      assert.match(must('explain', name), /running/)
      assert.match(must('logs', name, '-n', '100'), new RegExp(`${port}`))

      must('restart', name)
      assert.ok(!isAlive(pid))
      assert.equal(await page(port), 'served')
      must('stop', name)
      assert.equal(stead('status', name).status, 3)
      assert.equal((await service.status()).win32ExitCode, 0)

      must('uninstall', name)
      assert.equal(stead('status', name).status, 4)
      assert.deepEqual(filesBelow(service.home), [])
    })
  })
})

describe('a service of any program', () => {
  const polite = { command: [windowsProgram('polite')], ready: { log: 'ready' } }

  test('S11 is paused and resumed, reloaded, and its own codes are events', {}, () =>
    withProgram(polite, async (service) => {
      await service.start()
      await service.reaches('running')
      const lives = (): number => (service.log().match(/ready \d+/g) ?? []).length
      await service.control(2)
      await service.reaches('paused')
      await service.control(3)
      await service.reaches('running')
      assert.equal(service.stead('control', service.name, '200').status, 0)
      await until('the event', () => service.log().includes('control 200'), PATIENCE)
      assert.equal(lives(), 1)
      await service.control(PARAMCHANGE)
      await until('the second life', () => lives() === 2, PATIENCE)
      await service.reaches('running')
    }),
  )
})

/** What stands in a home beside the compiled code of the command, which belongs to no service. */
function filesBelow(home: string): readonly string[] {
  return readdirSync(home, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.startsWith(join(home, 'cache')))
    .map(({ name }) => name)
}

/** By node:http: the `fetch` of Node cannot connect in Wine 8. */
function page(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path: '/', agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      // It compresses whether it is asked to or not.
      response.on('end', () => resolve(gunzipSync(Buffer.concat(chunks)).toString()))
    }).on('error', reject)
  })
}
