import { describe, expect, test } from 'vitest'
import { productOf } from '../../../test/fixtures/staged-product.ts'
import { keyWords, reasonOf, signWords } from './authenticode.ts'

const signing = { certificate: '/a b.pfx', passwordEnv: 'P', timestamp: 'http://tsa.example/' }

describe('signing by osslsigncode', () => {
  test('has the password on no command line', () => {
    const words = signWords(productOf().spec, signing, '/from', '/to')
    expect(words.slice(0, 7)).toEqual([
      'sign',
      '-pkcs12',
      '/a b.pfx',
      '-readpass',
      '-',
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
})
