import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { parseGuardFile } from '../../src/config/guard-file.ts'

const guide = readFileSync(resolve(import.meta.dirname, '../../docs/guide/changes.md'), 'utf8')

test('docs/guide/changes.md has a file that a guard takes, with what the text says of it', () => {
  const [, text = ''] = /^```yaml\n(.*?)^```$/ms.exec(guide) ?? []
  const { config, services } = parseGuardFile({ path: '/srv/stead.yaml', text, env: {} })
  expect(config).toEqual({ watch: true, debounce: 250, poll: null, trial: 60_000, keep: 50 })
  expect(services[0]).toMatchObject({ reloadOn: ['/srv/nginx.conf'] })
})
