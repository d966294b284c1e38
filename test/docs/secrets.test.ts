import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseGuardFile } from '../../src/config/guard-file.ts'
import { remoteLayer } from '../../src/config/layers/remote-layer.ts'
import { REMOTE_SETTINGS } from '../../src/config/remote-schema.ts'
import { formatKey, newKey, parseKeyRing } from '../../src/secrets/key-ring.ts'
import { openerOf, seal } from '../../src/secrets/seal.ts'

const guide = readFileSync(resolve(import.meta.dirname, '../../docs/guide/secrets.md'), 'utf8')

describe('docs/guide/secrets.md', () => {
  test('has a file that a guard takes once the value in it is sealed', () => {
    const key = newKey()
    const ring = parseKeyRing(formatKey(key), 'the test')
    if ('problem' in ring) throw new Error(ring.problem)
    const [, yaml = ''] = /^cat > stead\.yaml <<END\n(.*?)^END$/ms.exec(guide) ?? []
    const sealed = seal('hunter2', ['services', 'api', 'env', 'DB_PASSWORD'], key)
    const text = yaml.replace('$(cat sealed)', sealed).replaceAll('\\$', '$$$$')
    const parsed = parseGuardFile({
      ...{ path: '/srv/stead.yaml', text, env: {} },
      openSecret: openerOf(ring),
    })
    expect(parsed.services[0]?.env).toEqual({ DB_PASSWORD: 'hunter2' })
  })

  test('has a document to sign that a remote source may say', () => {
    const [, text = ''] = /^cat > shop\.yaml <<'END'\n(.*?)^END$/ms.exec(guide) ?? []
    const said = { text, format: 'yaml', version: 'revision 1', order: 1 } as const
    expect(remoteLayer('the guide', said, REMOTE_SETTINGS)).toMatchObject({
      layer: { values: { kind: 'map' } },
    })
    expect(text).toContain('LOG: debug')
  })
})
