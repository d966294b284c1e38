import { describe, expect, test } from 'vitest'
import { productOf } from '../../../test/fixtures/staged-product.ts'
import { rpmPlan } from './rpm-plan.ts'

function specOf(spec = {}): string {
  const found = rpmPlan(productOf(spec)).entries.find(({ path }) => path === 'package.spec')
  return found?.kind === 'text' ? String(found.text) : ''
}

describe('the spec of an rpm', () => {
  test('holds no macro but its own: what is given is taken literally', () => {
    const text = specOf({ description: '100 % sure\n%install\nrm', publisher: '%{nil}' })
    expect(text).toMatch(/^100 %% sure$/m)
    expect(text).toMatch(/^%%install$/m)
    expect(text).toMatch(/^Vendor: %%\{nil\}$/m)
    expect(text.match(/^%install$/gm)).toHaveLength(1)
  })

  test('has a field on one line, whatever is in it', () => {
    expect(specOf({ publisher: 'a\nRequires: evil' })).toMatch(/^Vendor: a Requires: evil$/m)
  })

  test('is compressed quickly where it is asked for, and best otherwise', () => {
    expect(specOf()).toContain('%global _binary_payload w6.xzdio\n')
    expect(specOf({ compression: 'fast' })).toContain('%global _binary_payload w1.gzdio\n')
  })

  test('names files with blanks, and configuration that is kept', () => {
    const text = specOf()
    expect(text).toContain('%attr(0644,root,root) "/usr/lib/app/texts/read me.txt"')
    expect(text).toContain('%config(noreplace) %attr(0644,root,root) "/etc/app/app.yaml"')
    expect(text).toContain('%dir %attr(0755,root,root) "/usr/lib/app/texts"')
  })

  test('of a program that is no service has no scripts', () => {
    expect(specOf({ service: null })).not.toMatch(/^%(pre|post|preun|postun)$/m)
    expect(specOf()).toMatch(/^%postun$/m)
  })

  test('that shall not start by itself enables and starts nothing', () => {
    const service = { account: null, start: 'auto', enable: false, args: [], env: {} }
    expect(specOf({ service })).not.toMatch(/systemctl (--no-reload enable|start)/)
  })
})
