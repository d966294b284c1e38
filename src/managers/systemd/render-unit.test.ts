import { describe, expect, test } from 'vitest'
import { goldenSpecs } from '../../../test/e2e/systemd/golden-specs.ts'
import { homeOf } from '../../model/home.ts'
import { completeSpec } from '../../model/service-spec.ts'
import { renderUnit } from './render-unit.ts'

const home = homeOf({ platform: 'linux', scope: 'system', env: {}, userHome: '/root', root: null })

/** How stead is started, in the golden files. */
const STEAD = ['/usr/bin/node', '/usr/lib/stead/bin/stead.js']

describe('the unit file', () => {
  test.each(Object.entries(goldenSpecs))('of %s is the golden one', async (name, golden) => {
    const text = renderUnit(golden.spec, golden.scope, golden.home ?? home, STEAD)
    await expect(text).toMatchFileSnapshot(`../../../test/golden/systemd/${name}.service`)
  })

  const lines = (changes: Parameters<typeof completeSpec>[0] | object): string[] =>
    renderUnit(
      completeSpec({ name: 'a', file: '/bin/a', ...changes }),
      'system',
      home,
      STEAD,
    ).split('\n')

  test('keeps the start limit in [Unit], where systemd reads it', () => {
    const text = lines({})
    const limit = text.findIndex((line) => line.startsWith('StartLimitBurst='))
    expect(limit).toBeGreaterThan(text.indexOf('[Unit]'))
    expect(limit).toBeLessThan(text.indexOf('[Service]'))
  })

  test('without a limit turns systemd’s own one off', () => {
    const restart = { when: 'always', delay: 0, limit: null }
    expect(lines({ restart })).toContain('StartLimitIntervalSec=0')
    expect(lines({ restart }).some((line) => line.startsWith('StartLimitBurst'))).toBe(false)
  })

  test('gives every service its name, and its configuration where it has one', () => {
    expect(lines({})).toContain('Environment=STEAD_SERVICE=a')
    expect(lines({ configFile: '/etc/a b' })).toContain('Environment="STEAD_CONFIG=/etc/a b"')
  })

  test('cannot be given another name by the user’s environment', () => {
    const found = lines({ env: { STEAD_SERVICE: 'other' } }).filter((l) => l.includes('STEAD_'))
    expect(found).toEqual(['Environment=STEAD_SERVICE=a'])
  })

  test.each([
    ['auto', true],
    ['delayed', true],
    ['manual', true],
    ['disabled', false],
  ])('with start type %s can be enabled: %s', (startType, expected) => {
    expect(lines({ startType }).includes('WantedBy=multi-user.target')).toBe(expected)
  })

  test('never holds a line that continues on the next', () => {
    for (const text of ['ends\\', 'ends\\\\', 'a\nb\\', '\\']) {
      const found = lines({ displayName: text, description: text, cwd: '/a\\', envFile: '/b\\' })
      expect(found.filter((line) => line.endsWith('\\'))).toEqual([])
    }
  })
})
