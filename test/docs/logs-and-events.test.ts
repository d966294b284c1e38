import { spawnSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parseGuardFile } from '../../src/config/guard-file.ts'

const root = resolve(fileURLToPath(import.meta.url), '../../..')
const page = readFileSync(join(root, 'docs/guide/logs-and-events.md'), 'utf8')

function blocks(language: string): string[] {
  const fence = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms')
  return [...page.matchAll(fence)].map((match) => match[1] ?? '')
}

describe('the guide to logs and events', () => {
  test('has examples of stead.yaml that are taken as they stand', () => {
    const [sinks, events] = blocks('yaml').map((text) =>
      parseGuardFile({ path: '/srv/shop/stead.yaml', text, env: {} }),
    )
    expect(sinks?.services.map(({ log }) => log.sinks.length)).toEqual([5, 1])
    expect(events?.events?.webhooks).toHaveLength(2)
    expect(events?.events?.listeners).toHaveLength(1)
  })

  test('has a listener that answers each event', () => {
    const [script = ''] = blocks('python')
    const event = { type: 'phase', id: 'api', to: 'fatal', why: 'it ended' }
    const input = `${JSON.stringify(event)}\n{"type":"ready"}\n`
    const { stdout, stderr } = spawnSync('python3', ['-c', script], { input, encoding: 'utf8' })
    expect([stdout, stderr]).toEqual(['ok\nok\n', 'api failed: it ended\n'])
  })

  test('has a check of signatures that holds', async () => {
    const [script = ''] = blocks('js')
    const module = (await import(`data:text/javascript,${encodeURIComponent(script)}`)) as {
      isFromStead(body: string, header: string | undefined, key: string): boolean
    }
    const digest = createHmac('sha256', 'key').update('body').digest('hex')
    expect(module.isFromStead('body', `sha256=${digest}`, 'key')).toBe(true)
    expect(module.isFromStead('other', `sha256=${digest}`, 'key')).toBe(false)
    expect(module.isFromStead('body', undefined, 'key')).toBe(false)
  })
})
