import { describe, expect, test } from 'vitest'
import { productOf } from '../../../test/fixtures/staged-product.ts'
import { nsisPlan } from './nsis-plan.ts'
import { nsisString, variable } from './nsis-text.ts'

function scriptOf(spec = {}): string {
  const { entries } = nsisPlan(productOf(spec, 'win-x64'))
  const found = entries.find(({ path }) => path === 'setup.nsi')
  return found?.kind === 'text' ? String(found.text) : ''
}

describe('a string of NSIS', () => {
  test.each([
    ['plain', '"plain"'],
    ['C:\\new\\', '"C:\\new\\"'],
    ['$INSTDIR', '"$$INSTDIR"'],
    ['say "hi"', '"say $\\"hi$\\""'],
    ["`a` and 'b'", '"`a` and \'b\'"'],
    ['a\r\nb\tc', '"a$\\r$\\nb$\\tc"'],
    ['a\u0000b', '"a b"'],
    ['你好', '"你好"'],
  ])('of %j is %s', (text, expected) => {
    expect(nsisString(text)).toBe(expected)
  })

  test('takes variables as such', () => {
    expect(nsisString('"', variable('INSTDIR'), '\\a$"')).toBe('"$\\"$INSTDIR\\a$$$\\""')
  })
})

describe('the script of a setup program', () => {
  test('begins with the mark of UTF-8 and the stub that has no 32-bit code', () => {
    expect(scriptOf()).toMatch(/^\ufeffTarget amd64-unicode\n/)
  })

  test('is compressed quickly where it is asked for, and best otherwise', () => {
    expect(scriptOf()).toContain('\nSetCompressor /SOLID lzma\n')
    expect(scriptOf({ compression: 'fast' })).toContain('\nSetCompressor zlib\n')
  })

  test('has no page for a licence that is not there', () => {
    expect(scriptOf()).not.toContain('MUI_PAGE_LICENSE')
    expect(scriptOf({ license: '/l.txt' })).toContain('MUI_PAGE_LICENSE')
  })

  test('removes the versions that a program has taken by itself, where it can', () => {
    const update = { publicKey: '/release.key.pub', privateKey: null }
    expect(scriptOf({ update })).toContain('StrCpy $R0 "$INSTDIR\\versions"')
    expect(scriptOf()).not.toContain('versions"')
  })

  test('lets whoever installs decide on updates, where the program has any', () => {
    const update = { publicKey: '/release.key.pub', privateKey: null }
    const script = scriptOf({ update })
    expect(script).toContain('--env $\\"STEAD_UPDATE=$Setting_ENABLE_UPDATE$\\"')
    expect(script).toContain('{AndIf} $Setting_ENABLE_UPDATE != 1')
    expect(script).toContain('install --name app --allow-older ')
    expect(scriptOf()).not.toMatch(/ENABLE_UPDATE|--allow-older/)
  })

  test('hands variables that cannot be settings over as they are', () => {
    const env = { PORT: '1', quoted: 'x', PATHS: 'C:\\a\\', SAY: '"' }
    const service = { account: null, start: 'auto', enable: true, args: ['a b'], env }
    const script = scriptOf({ service })
    expect(script).toContain('--env $\\"PORT=$Setting_ENV_PORT$\\"')
    expect(script).toContain('--env quoted=x --env PATHS=C:\\a\\ --env $\\"SAY=\\$\\"$\\"')
    expect(script).toContain(' -- $\\"a b$\\""')
  })

  test('of a program without configuration has no function that nothing calls', () => {
    const product = productOf({}, 'win-x64')
    const files = product.files.filter(({ config }) => !config)
    expect(files.length).toBeLessThan(product.files.length)
    const entry = nsisPlan({ ...product, files }).entries.find(({ path }) => path === 'setup.nsi')
    const script = entry?.kind === 'text' ? String(entry.text) : ''
    const functions = [...script.matchAll(/^Function (\w+)$/gm)].map(([, name]) => name)
    const mentions = (name = '') => script.split(new RegExp(`\\b${name}\\b`)).length - 1
    expect(functions.filter((name) => mentions(name) < 2)).toEqual([])
  })

  test('of a program that is no service calls none of its verbs', () => {
    const script = scriptOf({ service: null })
    expect(script).not.toContain('nsExec')
    expect(script).not.toContain('Call Register')
  })

  test('never puts a text into a macro, which would read backquotes in it', () => {
    const script = scriptOf({ displayName: '`x` $ "y"' })
    expect(script.split('\n').filter((line) => line.includes('${') && line.includes('`'))).toEqual(
      [],
    )
  })

  test('that is signed is made twice: for the uninstaller, which is signed in between, and for all', () => {
    const pem = { chain: null, passwordEnv: null, timestamp: null, timestampRoots: null }
    const signed = nsisPlan(productOf({ signing: { certificate: '/c.pfx', ...pem } }, 'win-x64'))
    const scripts = ['uninstaller.nsi', 'setup.nsi'].map((path) => {
      const found = signed.entries.find((entry) => entry.path === path)
      return found?.kind === 'text' ? String(found.text).split('\n') : []
    })
    const lines = (word: string) =>
      scripts.map((script) => script.filter((line) => line.trim().startsWith(word)).length)
    expect(lines('File ')).toEqual([0, 5])
    expect(lines('Section "un.install"')).toEqual([1, 1])
    expect(scripts[0]).toContain(`!uninstfinalize 'cp "%1" uninstaller.exe' = 0`)
    expect(scripts[1]).toContain(`!uninstfinalize 'cp uninstaller.exe "%1"' = 0`)
    expect(signed.signedFirst?.result).toBe('uninstaller.exe')
    expect(signed.signedFirst?.commands('/room')[0]?.args).toContain('/room/uninstaller.nsi')
    expect(scriptOf()).not.toContain('!uninstfinalize')
  })
})
