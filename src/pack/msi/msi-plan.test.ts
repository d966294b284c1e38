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
    const env = { quoted: '[INSTALLDIR]' }
    const service = { account: null, start: 'auto', enable: true, args: [], config: null, env }
    expect(sourceOf({ service })).toContain('--env quoted=[\\[]INSTALLDIR[\\]]')
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
    expect(text).toContain(
      '--restart [RESTART] --env &quot;PORT=[ENV_PORT]&quot; [AutostartWord] -- ',
    )
    expect(sqlOf()).toContain(
      "'INSTALLDIR;AUTOSTART;RESTART;ENV_PORT;WIX_DOWNGRADE_DETECTED;WIX_UPGRADE_DETECTED'",
    )
  })

  test('has what was chosen looked at before it stands in a command', () => {
    const text = sourceOf({ update: { publicKey: '/release.key.pub', privateKey: null } })
    expect(text).toContain(
      'Installed OR NOT (ENV_PORT &gt;&lt; Quote OR ENV_PORT &gt;&gt; &quot;\\&quot;)',
    )
    for (const property of ['AUTOSTART', 'ENABLE_UPDATE'])
      expect(text).toContain(
        `Installed OR ${property} = &quot;0&quot; OR ${property} = &quot;1&quot;</Condition>`,
      )
    expect(text).toContain('Installed OR RESTART = &quot;no&quot; OR ')
    // Else what an administrator chose would lose to what was found, where there are windows.
    expect(sqlOf()).toContain("DELETE FROM `InstallUISequence` WHERE `Action` = 'AppSearch'")
  })

  test('lets the program update itself where whoever installs it says so, or the pack file', () => {
    const update = { publicKey: '/release.key.pub', privateKey: null }
    const otherwise = (value: string) => `Property="ENABLE_UPDATE" Value="${value}"/>`
    expect(sourceOf({ update })).toContain(otherwise('0'))
    const env = { STEAD_UPDATE: '1' }
    const service = { account: null, start: 'auto', enable: true, args: [], config: null, env }
    expect(sourceOf({ update, service })).toContain(otherwise('1'))
    expect(sourceOf()).not.toContain('ENABLE_UPDATE')
  })

  test('knows of the version before what was found, and nothing that a command line says', () => {
    const text = sourceOf()
    for (const fact of ['PREVIOUSDIRECTORY', 'OWNER', 'REGISTRATION']) {
      expect(text).toContain(`Property="FOUND_${fact}" Value="[Nothing]"/>`)
      expect(sqlOf()).not.toMatch(new RegExp(`SecureCustomProperties.*${fact}`))
    }
    const searched = [...text.matchAll(/<Property Id="(\w+)">/g)].map(([, property]) => property)
    expect(searched.filter((property) => property !== property?.toUpperCase())).toEqual([])
    const place = (action: string) => sqlOf().match(`= (\\d+) WHERE .Action. = '${action}'`)?.[1]
    expect(place('Forget_Registration')).toBe('92')
    expect(place('AppSearch')).toBe('300')
    expect(place('Take_Registration')).toBe('303')
  })

  test('calls a verb for each step with the one that takes it back in front of it', () => {
    const places = new Map(
      [...sqlOf().matchAll(/SET `Sequence` = (\d+) WHERE `Action` = '(\w+)'/g)].map(
        ([, place, action]) => [action ?? '', Number(place)],
      ),
    )
    const order = ['PutBack', 'AwaitEnd', 'Unregister', 'TakeBackService', 'TakeBackRegister']
    const steps = [...order, 'Register', 'RemoveExistingProducts']
    expect(steps.toSorted((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0))).toEqual(steps)
    // StopServices is at 1900: its rollback starts what PutBack has registered by then.
    expect(places.get('PutBack')).toBeGreaterThan(1900)
    const types = [...sqlOf().matchAll(/SET `Type` = (\d+) WHERE `Action` = '(\w+)'/g)]
    // An executable that is installed, or named; ignored; of the rollback; within the script; as the system.
    expect(types.map(([, type, action]) => [action, Number(type)])).toEqual([
      ['PutBack', 18 | 64 | 256 | 1024 | 2048],
      ['TakeBackService', 34 | 64 | 256 | 1024 | 2048],
      ['TakeBackRegister', 18 | 64 | 256 | 1024 | 2048],
    ])
  })

  test('installs native parts, and tells the version of a file that has one', () => {
    expect(sourceOf()).toContain('Name="00.node"')
    expect(sqlOf()).toContain("UPDATE `File` SET `Version` = '1.2.3.0' WHERE `File` = 'File_0'")
    expect(sqlOf()).toContain("DELETE FROM `MsiFileHash` WHERE `File_` = 'File_0'")
    expect(sqlOf()).not.toContain("WHERE `File` = 'File_1'")
  })

  test('of a program that is no service has no service', () => {
    expect(sourceOf({ service: null })).not.toMatch(/Service(Install|Control)|Register|AUTOSTART/)
    expect(sqlOf({ service: null })).not.toMatch(/sc\.exe|EventLog/)
  })
})
