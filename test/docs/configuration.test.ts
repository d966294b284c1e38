import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { loadGuardFile } from '../../src/config/guard-file.ts'
import { remoteInFile } from '../../src/config/remote-settings.ts'
import { fakeConfigFiles } from '../fakes/config-files.ts'

const path = resolve(fileURLToPath(import.meta.url), '../../../docs/guide/configuration.md')
const guide = readFileSync(path, 'utf8')
const examples = [...guide.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text]) => text ?? '')

describe('the guide to configuration', () => {
  test('has examples that are taken as they stand, each with its files', () => {
    const disk = fakeConfigFiles({
      '/srv/base.toml': '[services.web]\ncommand = "./web"\n',
      '/srv/conf.d/db.yaml': 'services: { db: { command: ./db } }\n',
    })
    const read = (text: string, profiles: string[]) =>
      loadGuardFile({ path: '/srv/stead.yaml', text, env: {}, profiles }, disk).spec
    const [including = '', profiled = '', variables = '', remote = '', parameters = ''] = examples
    expect(examples).toHaveLength(5)
    const asked = { path: '/srv/stead.yaml', text: remote, env: {}, profiles: [] }
    expect(remoteInFile(asked, disk)).toMatchObject({ kind: 'etcd', user: 'shop' })
    expect(read(remote, []).services[0]).toMatchObject({ env: { LOG: 'warn' } })
    expect(read(including, []).services.map(({ name }) => name)).toEqual(['web', 'db'])
    expect(read(profiled, []).services[0]).toMatchObject({ env: { LOG: 'debug' }, instances: 1 })
    expect(read(profiled, ['prod']).services[0]).toMatchObject({
      env: { LOG: 'warn' },
      instances: 4,
    })
    expect(read(variables, []).services[0]?.env.DB).toContain('shop:none@')
    const [web] = read(parameters, []).services
    expect(web?.parameters.map(({ name }) => name)).toEqual(['logLevel', 'rate', 'pause'])
  })

  test('has the words that make a secret', async () => {
    const { SECRET_WORDS } = await import('../../src/model/secret-names.ts')
    for (const word of SECRET_WORDS.filter((one) => !one.endsWith('s')))
      expect(guide).toContain(word)
  })
})
