import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'

const undo: (() => void)[] = []
afterEach(() => {
  for (const step of undo.splice(0)) step()
})

test('what a service starts does not inherit the way to systemd', async () => {
  const folder = mkdtempSync(join(import.meta.dirname, '.child-'))
  undo.push(() => rmSync(folder, { recursive: true, force: true }))
  const script = join(folder, 'parent.ts')
  writeFileSync(
    script,
    `import { execFileSync } from 'node:child_process'
import { defineService, run } from 'stead'
const show = 'console.log(JSON.stringify(Object.keys(process.env)))'
await run(defineService({ name: 'parent', start(context) {
  console.log(execFileSync(process.execPath, ['-e', show], { encoding: 'utf8' }))
  context.done()
} }))
`,
  )
  const child = spawn(process.execPath, [script], {
    env: {
      ...process.env,
      MANAGERPID: String(process.pid),
      NOTIFY_SOCKET: join(folder, 'nobody-listens'),
      WATCHDOG_USEC: '60000000',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk
  })
  const code = await new Promise((done) => child.once('close', done))
  expect(code).toBe(0)
  const names = JSON.parse(output) as string[]
  expect(names).toContain('MANAGERPID')
  expect(names.filter((name) => /^(NOTIFY_SOCKET|WATCHDOG_USEC)$/.test(name))).toEqual([])
})
