import { describe, expect, test } from 'vitest'
import { productOf } from '../../../test/fixtures/staged-product.ts'
import type { LaidOut } from '../../model/format-plan.ts'
import { debPlan } from './deb-plan.ts'

const facts = [
  { path: 'tree/usr/lib/app/app', size: 1025, md5: 'aa' },
  { path: 'tree/etc/app/app.yaml', size: 1, md5: 'bb' },
]

function textOf(entries: readonly LaidOut[], path: string): string | null {
  const found = entries.find((entry) => entry.path === path)
  return found?.kind === 'text' ? String(found.text) : null
}

/** Those files of the package that only dpkg reads. */
function controlOf(name: string, spec = {}): string | null {
  const plan = debPlan(productOf(spec))
  return textOf(plan.afterwards?.(facts) ?? [], `tree/DEBIAN/${name}`)
}

describe('a Debian package', () => {
  test('is compressed quickly where it is asked for, and best otherwise', () => {
    const words = (spec = {}) => debPlan(productOf(spec)).commands('/room')[0]?.args
    expect(words()).toContain('-Zxz')
    expect(words({ compression: 'fast' })).toEqual(expect.arrayContaining(['-Zgzip', '-z1']))
  })

  test('says who it is, in fields of one line each', () => {
    const control = controlOf('control', {
      publisher: 'Ops\nEssential: yes <a@b.example>',
      description: 'First line.\nThird\tline.\n\nLast.',
    })
    expect(control).toBe(
      `Package: app
Version: 1.2.3
Architecture: amd64
Maintainer: Ops Essential: yes <a@b.example>
Installed-Size: 3
Depends: libc6 (>= 2.28), libstdc++6, init-system-helpers (>= 1.54), passwd
Section: misc
Priority: optional
Homepage: https://app.example/
Description: First line.
 Third line.
 .
 Last.
`,
    )
  })

  test('without a description is described by its name for people', () => {
    expect(controlOf('control', { description: ' ' })).toMatch(/^Description: The App\n$/m)
  })

  test('keeps configuration in /etc, with a link beside the executable', () => {
    const { entries } = debPlan(productOf())
    expect(entries).toContainEqual({
      kind: 'link',
      path: 'tree/usr/lib/app/app.yaml',
      target: '/etc/app/app.yaml',
    })
    expect(controlOf('conffiles')).toBe('/etc/app/app.yaml\n')
    expect(controlOf('md5sums')).toBe('aa  usr/lib/app/app\n')
  })

  test('has its unit, of which a line is exactly what systemd has to read', () => {
    const unit = textOf(debPlan(productOf()).entries, 'tree/lib/systemd/system/app.service')
    expect(unit).toMatch(/^ExecStart=\/usr\/lib\/app\/app "--say=\$\$HOME 100%%"$/m)
    expect(unit).toMatch(/^Type=notify$/m)
    expect(unit).toMatch(/^User=app$/m)
    expect(unit).toMatch(/^StateDirectory=app$/m)
    expect(unit).not.toContain('X-Stead')
  })

  test('of a program that is no service has no unit, no user, and no call of systemd', () => {
    const product = productOf({ service: null })
    const { entries } = debPlan(product)
    expect(entries.filter(({ path }) => path.includes('systemd'))).toEqual([])
    for (const script of ['postinst', 'prerm', 'postrm'])
      expect(controlOf(script, { service: null })).not.toMatch(/systemctl|systemd|useradd/)
  })

  test('that shall not start by itself is not enabled', () => {
    const service = { account: null, start: 'demand', enable: true, args: [], env: {} }
    expect(controlOf('postinst', { service })).not.toContain('deb-systemd-helper enable')
    expect(controlOf('postinst')).toContain('deb-systemd-helper enable')
  })

  test('of a root service makes and removes no user', () => {
    const service = { account: 'root', start: 'auto', enable: true, args: [], env: {} }
    expect(controlOf('postinst', { service })).not.toContain('useradd')
    expect(controlOf('postrm', { service })).not.toContain('userdel')
  })
})
