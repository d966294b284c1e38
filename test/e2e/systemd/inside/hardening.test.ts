import { execFileSync, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { HardenPreset } from '../../../../src/model/service-spec.ts'
import { until } from '../../../contract/until.ts'
import { scenario } from './scenario.ts'

/** What a server in Node does: it listens on a low port, compiles, starts a thread and a process, writes. */
const SERVER = `
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { cpus, tmpdir } from 'node:os'
import { Worker } from 'node:worker_threads'
const attempt = (body) => { try { return String(body()) } catch (error) { return error.code ?? 'failed' } }
const hot = (n) => { let sum = 0; for (let i = 0; i < n; i++) sum += i % 7; return sum }
const worker = new Worker('require("node:worker_threads").parentPort.postMessage("thread")', { eval: true })
worker.once('message', (thread) => {
  const report = {
    thread,
    hot: hot(2e6) > 0,
    cpus: cpus().length > 0,
    child: spawnSync(process.execPath, ['-p', '6*7'], { encoding: 'utf8' }).stdout.trim(),
    tmp: attempt(() => writeFileSync(tmpdir() + '/x', 'x') ?? 'written'),
    cwd: attempt(() => writeFileSync('written-by-the-service', 'x') ?? 'written'),
    etc: attempt(() => writeFileSync('/etc/written-by-the-service', 'x') ?? 'written'),
    usr: attempt(() => writeFileSync('/usr/written-by-the-service', 'x') ?? 'written'),
    var: attempt(() => writeFileSync('/var/tmp/../written-by-the-service', 'x') ?? 'written'),
    su: spawnSync('mount', ['-t', 'tmpfs', 'x', '/mnt']).status,
  }
  createServer((socket) => socket.end(JSON.stringify(report))).listen(Number(process.argv[2]), '127.0.0.1')
})
`

const EXPECTED: Readonly<Record<HardenPreset, Readonly<Record<string, unknown>>>> = {
  off: { etc: 'written', usr: 'written', var: 'written', su: 0 },
  standard: { etc: 'EROFS', usr: 'EROFS', var: 'written' },
  strict: { etc: 'EROFS', usr: 'EROFS', var: 'EROFS' },
}

/** Ports below 1024 need a capability, which `standard` leaves and `strict` does not. */
const PORTS: Readonly<Record<HardenPreset, number>> = { off: 81, standard: 82, strict: 18083 }

test.each(['off', 'standard', 'strict'] as const)(
  'a server in Node lives with preset %s, and the preset holds',
  async (harden) => {
    await scenario(async ({ install, manager, name, workspace }) => {
      const script = join(workspace, 'server.mjs')
      writeFileSync(script, SERVER)
      await install([], {
        file: process.execPath,
        args: [script, String(PORTS[harden])],
        cwd: workspace,
        harden,
      })
      await manager.start(name)
      const report = await until('it answers', () => answerOf(PORTS[harden]))
      expect(report).toMatchObject({
        thread: 'thread',
        hot: true,
        cpus: true,
        child: '42',
        tmp: 'written',
        cwd: 'written',
        ...EXPECTED[harden],
      })
      if (harden !== 'off') expect(report.su).not.toBe(0)
      console.log(`systemd-analyze security, preset ${harden}: ${exposure(name)}`)
      expect(exposure(name)).toBeLessThan({ off: 10, standard: 5, strict: 4 }[harden])
    })
    if (harden === 'off') execFileSync('umount', ['/mnt'])
  },
)

/** The score from 0 (locked up) to 10 (free) that systemd-analyze(1) `security` gives. */
function exposure(name: string): number {
  const { stdout } = spawnSync('systemd-analyze', ['security', '--no-pager', `${name}.service`], {
    encoding: 'utf8',
  })
  return Number(/exposure level for .*: ([\d.]+)/.exec(stdout)?.[1] ?? Number.NaN)
}

function answerOf(port: number): Promise<Record<string, unknown> | null> {
  return new Promise((resolve) => {
    let text = ''
    const socket = createConnection(port, '127.0.0.1')
    socket.on('data', (chunk) => {
      text += String(chunk)
    })
    socket.on('error', () => resolve(null))
    socket.on('end', () => resolve(JSON.parse(text)))
  })
}
