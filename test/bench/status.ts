/**
 * What it costs to ask for a status, as a whole process: ours, bare node, and the peers that are
 * installed. Runs where a systemd is (test/bench/run.ts boots one) with a service installed.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Contestant, measureInTurn, tableOf } from './measure.ts'

const root = resolve(fileURLToPath(import.meta.url), '../../..')
const rounds = Number(process.env.ROUNDS ?? 15)
const work = mkdtempSync(join(tmpdir(), 'stead-bench-'))
const built = join(root, 'dist', 'bin', 'stead.js')
const source = join(root, 'bin', 'stead.js')
const name = 'bench-status'

stead('install', name, '--', '/bin/sleep', 'infinity')
stead('start', name)
const supervisor = await startSupervisor()
try {
  const node = process.execPath
  const contestants: Contestant[] = [
    { name: 'node -e 0', file: node, args: ['-e', '0'] },
    { name: 'stead status (published build)', file: node, args: [built, 'status', name] },
    { name: 'stead status (checkout)', file: node, args: [source, 'status', name] },
    { name: 'systemctl status', file: 'systemctl', args: ['status', '--no-pager', name] },
  ]
  if (supervisor !== null) contestants.push(supervisor.contestant)
  else console.log('supervisorctl: left out, Debian package supervisor is not installed')
  const pm2 = pm2Contestant()
  if (pm2 !== null) contestants.push(pm2)
  else console.log('pm2: left out, it is not installed')
  console.log(
    tableOf(
      'Status of one service, whole process',
      measureInTurn(contestants, rounds),
      'node -e 0',
    ),
  )
} finally {
  supervisor?.process.kill()
  stead('uninstall', name)
  rmSync(work, { recursive: true, force: true })
}

function stead(...args: string[]): void {
  const { status, stderr } = spawnSync(process.execPath, [source, ...args], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`stead ${args.join(' ')}: ${stderr}`)
}

async function startSupervisor(): Promise<{
  process: ChildProcess
  contestant: Contestant
} | null> {
  if (!existsSync('/usr/bin/supervisord')) return null
  const config = join(work, 'supervisord.conf')
  const socket = join(work, 'supervisor.sock')
  writeFileSync(
    config,
    `[unix_http_server]\nfile=${socket}\n[supervisord]\nnodaemon=true\nlogfile=/dev/null\nlogfile_maxbytes=0\npidfile=${work}/pid\n` +
      '[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface\n' +
      `[supervisorctl]\nserverurl=unix://${socket}\n[program:sleeper]\ncommand=/bin/sleep infinity\nstartsecs=0\n`,
  )
  const daemon = spawn('/usr/bin/supervisord', ['-c', config], { stdio: 'ignore' })
  const contestant = {
    name: 'supervisorctl status',
    file: '/usr/bin/supervisorctl',
    args: ['-c', config, 'status', 'sleeper'],
  }
  const deadline = performance.now() + 20_000
  while (spawnSync(contestant.file, contestant.args).status !== 0) {
    if (performance.now() > deadline) throw new Error('supervisord did not come up')
  }
  return { process: daemon, contestant }
}

function pm2Contestant(): Contestant | null {
  const { status, stdout } = spawnSync('which', ['pm2'], { encoding: 'utf8' })
  return status === 0 ? { name: 'pm2 pid', file: stdout.trim(), args: ['pid'] } : null
}
