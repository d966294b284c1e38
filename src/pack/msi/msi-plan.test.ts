import { describe, expect, test } from 'vitest'
import { productOf } from '../../../test/fixtures/staged-product.ts'
import { msiPlan } from './msi-plan.ts'

function sourceOf(spec = {}): string {
  const { entries } = msiPlan(productOf(spec, 'win-x64'))
  const found = entries.find(({ path }) => path === 'product.wxs')
  return found?.kind === 'text' ? String(found.text) : ''
}

function sqlOf(spec = {}): string {
  const [, change] = msiPlan(productOf(spec, 'win-x64')).commands('/room')
  return (change?.args ?? []).join('\n')
}

describe('the source of an MSI', () => {
  test('holds names as they are, whatever they mean in XML, to wixl or to Windows Installer', () => {
    const text = sourceOf({ displayName: '<A> & "B" $(env.HOME) [INSTALLDIR]' })
    expect(text).toContain('Name="&lt;A&gt; &amp; &quot;B&quot; $$(env.HOME) [INSTALLDIR]"')
    expect(text).toContain(
      'DisplayName="&lt;A&gt; &amp; &quot;B&quot; $$(env.HOME) [\\[]INSTALLDIR[\\]]"',
    )
  })

  test('keeps the GUID of a file over versions, and changes the code of the product', () => {
    const [one, two] = [sourceOf({ version: '1.0.0' }), sourceOf({ version: '1.1.0' })]
    const guids = (text: string) => [...text.matchAll(/Guid="([^"]+)"/g)].map(([, guid]) => guid)
    expect(guids(one)).toEqual(guids(two))
    expect(/Product Id="([^"]+)"/.exec(one)?.[1]).not.toBe(/Product Id="([^"]+)"/.exec(two)?.[1])
  })

  test('offers variables of the service as public properties, with their values as defaults', () => {
    const text = sourceOf()
    expect(text).toContain('<CustomAction Id="Else_ENV_PORT" Property="ENV_PORT" Value="8080"/>')
    expect(text).toContain('PORT=[ENV_PORT]')
    expect(sqlOf()).toContain(
      "'INSTALLDIR;AUTOSTART;ENV_PORT;WIX_DOWNGRADE_DETECTED;WIX_UPGRADE_DETECTED'",
    )
  })

  test('has what the executable unpacks removed, by the one pattern that it is named by', () => {
    expect(sqlOf()).toMatch(/INTO `RemoveFile` .*'\*\.node', 'ADDONS', 2\)/)
    expect(sqlOf({ service: null })).not.toContain('RemoveFile')
  })

  test('of a program that is no service has no service', () => {
    expect(sourceOf({ service: null })).not.toMatch(/Service(Install|Control)/)
    expect(sqlOf({ service: null })).not.toContain('sc.exe')
  })
})
