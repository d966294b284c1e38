import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseGuardFile } from '../../src/config/guard-file.ts'
import { ROLES } from '../../src/model/access.ts'

const guide = readFileSync(resolve(import.meta.dirname, '../../docs/guide/access.md'), 'utf8')
const files = [...guide.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text]) => text as string)

describe('docs/guide/access.md', () => {
  test('has files that a guard takes', () => {
    expect(files).toHaveLength(3)
    for (const text of files) {
      const { access = [] } = parseGuardFile({ path: '/srv/stead.yaml', text, env: {} })
      expect(access).not.toEqual([])
    }
  })

  test.each(ROLES)('names the role %s', (role) => {
    expect(guide).toContain(`| \`${role}\` |`)
  })
})
