import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { until } from '../../../contract/until.ts'
import { scenario } from './scenario.ts'

test('Debian’s redis-server, unmodified, hardened and as its own user', async () => {
  await scenario(async ({ install, manager, name, workspace }) => {
    await install([], {
      file: '/usr/bin/redis-server',
      args: ['--port', '16379', '--save', '', '--appendonly', 'no', '--dir', workspace],
      user: 'redis',
      group: 'redis',
      cwd: '/var/lib/redis',
      harden: 'standard',
      startType: 'auto',
      limits: { memory: 256 * 1024 * 1024, cpu: 100, openFiles: 1_024, processes: 32 },
    })
    await manager.start(name)
    await until('it answers', () => ask(16379, 'PING\r\n', /PONG/))
    const running = await manager.status(name)
    expect(running).toMatchObject({ phase: 'running', ready: true, startType: 'auto' })
    expect(running.memory).toBeGreaterThan(1024 * 1024)
    const { pid } = running
    process.kill(pid as number, 'SIGKILL')
    await until('it is there again', async () => {
      const { phase, pid: now } = await manager.status(name)
      return phase === 'running' && now !== pid
    })
    await until('it answers again', () => ask(16379, 'PING\r\n', /PONG/))
    await manager.stop(name)
    expect(await manager.status(name)).toMatchObject({
      phase: 'stopped',
      lastExit: { exit: { kind: 'code', code: 0 } },
    })
  })
})

test('Debian’s nginx, unmodified, with a semicolon in an argument', async () => {
  await scenario(async ({ install, manager, name, workspace }) => {
    mkdirSync(join(workspace, 'html'))
    writeFileSync(join(workspace, 'html/index.html'), 'served\n')
    writeFileSync(join(workspace, 'nginx.conf'), configuration(workspace))
    await install([], {
      file: '/usr/sbin/nginx',
      args: ['-c', join(workspace, 'nginx.conf'), '-g', 'daemon off;'],
    })
    await manager.start(name)
    await until('it serves', () => ask(18080, 'GET / HTTP/1.0\r\n\r\n', /served/))
    const { pid } = await manager.status(name)
    expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).toContain('nginx: master process')
    await manager.restart(name)
    await until('it serves again', () => ask(18080, 'GET / HTTP/1.0\r\n\r\n', /served/))
    await manager.stop(name)
    expect((await manager.status(name)).phase).toBe('stopped')
    expect(await ask(18080, '\r\n', /./)).toBe(false)
  })
})

function configuration(directory: string): string {
  return `
error_log stderr;
pid ${directory}/nginx.pid;
events {}
http {
  access_log off;
  client_body_temp_path ${directory}/body;
  proxy_temp_path ${directory}/proxy;
  fastcgi_temp_path ${directory}/fastcgi;
  uwsgi_temp_path ${directory}/uwsgi;
  scgi_temp_path ${directory}/scgi;
  server { listen 127.0.0.1:18080; root ${directory}/html; }
}
`
}

/** Sends a text to a port of this machine and looks for an answer. */
function ask(port: number, text: string, expected: RegExp): Promise<boolean> {
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(text))
    const end = (found: boolean): void => {
      socket.destroy()
      resolve(found)
    }
    socket.setTimeout(2_000, () => end(false))
    socket.on('error', () => end(false))
    socket.on('close', () => resolve(expected.test(answer)))
    socket.on('data', (chunk) => {
      answer += String(chunk)
      if (expected.test(answer)) end(true)
    })
  })
}
