import { describe, expect, test } from 'vitest'
import { productOf } from '../../../test/fixtures/staged-product.ts'
import { keyWords, signingTool, signWords, verifyWords } from './authenticode.ts'
import { tokenKey } from './pkcs11-uri.ts'
import { listReason, reasonOf } from './signing-reason.ts'

const signing = {
  certificate: '/a b.pfx',
  chain: null,
  passwordEnv: 'P',
  timestamp: 'http://tsa.example/',
  timestampRoots: null,
}

describe('signing by osslsigncode', () => {
  test('has the password on no command line', () => {
    const files = { from: '/from', to: '/to', password: '/fifo' }
    const words = signWords(productOf().spec, signing, files)
    expect(words.slice(0, 7)).toEqual([
      'sign',
      '-pkcs12',
      '/a b.pfx',
      '-readpass',
      '/fifo',
      '-h',
      'sha256',
    ])
    expect(words).toContain('http://tsa.example/')
  })

  test('takes a key on a token by its URI, and the module from it', () => {
    const certificate =
      'pkcs11:token=release;object=code?module-path=/usr/lib/softhsm/libsofthsm2.so'
    expect(keyWords({ certificate })).toEqual([
      '-pkcs11module',
      '/usr/lib/softhsm/libsofthsm2.so',
      '-pkcs11cert',
      'pkcs11:token=release;object=code',
      '-key',
      'pkcs11:token=release;object=code',
    ])
  })

  test.each([
    ['Failed to parse PKCS#12 file: a.pfx (Wrong password?)', 'the password of /a b.pfx is wrong'],
    ['CURL failure: Could not connect\nFailed\n', /^http:\/\/tsa\.example\/ gave no time stamp/],
    ['Unrecognized file type\nFailed', 'Unrecognized file type'],
    ['', 'it said nothing'],
  ])('says of %j what to do', (said, expected) => {
    expect(reasonOf(said, signing)).toMatch(expected)
  })

  test.each([
    ['PIN incorrect', 'The private key was not found at', /the PIN of pkcs11:token=t is wrong/],
    ["Failed to find and load 'pkcs11' engine", '', /libengine-pkcs11-openssl/],
    ['No matching initialized token was found', 'The certificate was not', /\/m\.so has no token/],
    ['The certificate was not found at: pkcs11:token=t', '', /no certificate for pkcs11:token=t/],
  ])('says of a token of which it is said %j', (first, second, expected) => {
    const certificate = 'pkcs11:token=t?module-path=/m.so'
    expect(reasonOf(`${first}\n${second}`, { ...signing, certificate })).toMatch(expected)
  })

  test('asks for a time stamp that holds when the certificate has ended', () => {
    const leaf = { sha256: 'ab', until: new Date('2030-01-01T00:00:00Z') }
    const words = verifyWords('/signed', leaf, '/roots', '/stamps', true)
    expect(words.slice(words.indexOf('-TSA-CAfile'))).toEqual([
      '-TSA-CAfile',
      '/stamps',
      '-time',
      `${Date.parse('2030-01-02T00:00:00Z') / 1000}`,
    ])
    expect(words).toContain('-ignore-crl')
    expect(verifyWords('/signed', leaf, '/roots', null, false)).not.toContain('-ignore-crl')
    expect(verifyWords('/signed', leaf, '/roots', null, false)).toContain('-ignore-timestamp')
  })
})

describe('what an osslsigncode can do', () => {
  const help = (...options: string[]) => options.map((option) => `${option}   = a word\n`).join('')
  const OLD = help('-CAfile', '-require-leaf-hash', '-ignore-timestamp', '-time', '-TSA-CAfile')
  const READS = '[ -readpass <file> ]\n   (use "-" with readpass to read from stdin)'

  test.each([
    ['2.5', '', OLD, { readsInput: false, ignoresLists: false }],
    ['2.8', '', OLD + help('-ignore-cdp'), { readsInput: false, ignoresLists: false }],
    ['2.9', READS, OLD + help('-ignore-crl'), { readsInput: true, ignoresLists: true }],
  ])('is what it says of itself: %s', (_, sign, verify, tool) => {
    expect(signingTool(sign, verify, 'linux')).toEqual(tool)
  })

  test('is too little where it cannot verify, or on Windows read a password', () => {
    const older = OLD.replace(/^-ignore-timestamp.*\n/m, '')
    expect(signingTool(READS, older, 'linux')).toMatch(/without -ignore-timestamp; that of 2\.5/)
    expect(signingTool('', '', 'linux')).toMatch(/without -CAfile/)
    expect(signingTool('', OLD, 'win32')).toMatch(/no password from standard input; that of 2\.9/)
    expect(signingTool(READS, OLD, 'win32')).toMatchObject({ readsInput: true })
  })

  test.each([
    [
      'CRL distribution point: http://x/\nWarning: Faild to get CRL from http://x/\n',
      /fetched .*x\//,
    ],
    ['Signature CRL verification: failed\n', /is revoked/],
    ['Timestamp Server Signature CRL verification: failed\n', null],
    ['Signature CRL verification: ok\nSignature verification: failed\n', null],
  ])(
    'is told from a list of revoked certificates that it could not leave alone: %j',
    (said, reason) => {
      const found = listReason(said)
      if (reason === null) expect(found).toBeNull()
      else expect(found).toMatch(reason)
    },
  )
})

describe('a key on a token', () => {
  test('is of a URI and a module whose path may be encoded', () => {
    expect(tokenKey('pkcs11:token=a%20b;id=%01?module-path=/opt/a%20b/lib++.so')).toEqual({
      uri: 'pkcs11:token=a%20b;id=%01',
      module: '/opt/a b/lib++.so',
    })
  })

  test.each([
    ['pkcs11:token=t', /needs \?module-path=/],
    ['pkcs11:token=t?module-path=libsofthsm2.so', /absolute path/],
    ['pkcs11:token=t?module-path=/a%zz', /absolute path/],
    ['pkcs11:?module-path=/m.so', /is no URI/],
    ['pkcs11:token=t?module-path=/m.so&pin-value=1234', /passwordEnv/],
    ['pkcs11:token=t?module-path=/m.so&pin-source=file:/p', /passwordEnv/],
    ['pkcs11:token=t;pin-value=1234?module-path=/m.so', /passwordEnv/],
    ['pkcs11:token=t?module-path=/m.so&x=1', /"x" is not known/],
  ])('is refused as %s', (certificate, problem) => {
    const found = tokenKey(certificate)
    expect('problem' in found && found.problem).toMatch(problem)
    expect('problem' in found && found.problem).not.toContain('1234')
  })
})
