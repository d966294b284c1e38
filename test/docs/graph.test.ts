import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { graphText } from '../../src/cli/present/graph-text.ts'
import { definition } from '../../src/cli/verbs/graph.ts'
import { parseGuardFile } from '../../src/config/guard-file.ts'

const page = readFileSync(
  resolve(fileURLToPath(import.meta.url), '../../../docs/guide/graph.md'),
  'utf8',
)

test('the guide to graphs shows what its example is drawn as', () => {
  const [text = ''] = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, one]) => one)
  const [drawn = ''] = [...page.matchAll(/^```text\n(.*?)^```$/gms)].map(([, one]) => one)
  const spec = parseGuardFile({ path: '/srv/shop/stead.yaml', text, env: {} })
  expect(`${graphText(definition(spec).services, { colour: false, unicode: true })}\n`).toBe(drawn)
})
