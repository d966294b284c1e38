import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isSignatureOf, namesIn, sequenceOf, signFiles, verifyFiles } from './signature.ts'
import { newSigningKeys, parsePrivateKey, parsePublicKeys } from './signing-key.ts'

function pair() {
  const { privatePem, publicPem } = newSigningKeys()
  const key = parsePrivateKey(privatePem, 'key')
  const keys = parsePublicKeys(publicPem, 'key.pub')
  if ('problem' in key || 'problem' in keys) throw new Error('no keys')
  return { key, keys, publicPem, privatePem }
}

const { key, keys, publicPem, privatePem } = pair()
const file = (text: string, name = 'stead.yaml') => ({ name, bytes: Buffer.from(text) })
const files = [file('services: {}\n'), file('env: {}\n', 'conf.d/web.yaml')]
const signed = signFiles({ files, key, sequence: 7 })
const request = { text: signed, files, keys, before: null }

test('what was signed is accepted, again as well, and as a file of Windows', () => {
  const accepted = verifyFiles(request)
  expect(accepted).toMatchObject({ sequence: 7, digest: expect.stringMatching(/^[0-9a-f]{64}$/) })
  if ('problem' in accepted) throw new Error(accepted.problem)
  expect(verifyFiles({ ...request, before: accepted })).toEqual(accepted)
  expect(verifyFiles({ ...request, text: signed.replaceAll('\n', '\r\n') })).toEqual(accepted)
  expect(sequenceOf(signed)).toBe(7)
})

test('what is unsigned, altered, left out, added or of a key that is not trusted is refused', () => {
  const problemOf = (changes: object) => verifyFiles({ ...request, ...changes })
  const [main, included] = files as [(typeof files)[0], (typeof files)[0]]
  expect(problemOf({ text: null })).toEqual({ problem: 'it is not signed' })
  expect(problemOf({ files: [main, file('env: {A: b}\n', 'conf.d/web.yaml')] })).toEqual({
    problem: 'conf.d/web.yaml was changed after it was signed',
  })
  expect(problemOf({ files: [main] })).toEqual({
    problem: 'conf.d/web.yaml was signed with it and is not read',
  })
  expect(problemOf({ files: [main, included, file('', 'more.yaml')] })).toEqual({
    problem: 'more.yaml is not among the files that were signed',
  })
  expect(problemOf({ keys: pair().keys })).toEqual({
    problem: `it is signed with key ${key.id}, which is not trusted here`,
  })
  expect(problemOf({ text: signed.replace('sequence 7', 'sequence 8') })).toEqual({
    problem: 'its signature is not that of its key',
  })
  expect(problemOf({ text: signed.replace('v1', 'v2') })).toEqual({
    problem: 'its signature is damaged, or of a newer stead',
  })
  expect(problemOf({ text: '' })).toEqual({
    problem: 'its signature is damaged, or of a newer stead',
  })
})

test('a signature says what it is for before it is verified, and other texts say nothing', () => {
  expect(namesIn(signed)).toEqual(['stead.yaml', 'conf.d/web.yaml'])
  expect(isSignatureOf(signed, Buffer.from('env: {}\n'))).toBe(true)
  expect(isSignatureOf(signed.replaceAll('\n', '\r\n'), Buffer.from('env: {}\n'))).toBe(true)
  expect(isSignatureOf(signed, Buffer.from('env: {}'))).toBe(false)
  for (const text of ['', 'key 1\n', signed.replace('v1', 'v2')]) {
    expect(namesIn(text)).toEqual([])
    expect(isSignatureOf(text, Buffer.from('env: {}\n'))).toBe(false)
  }
})

test('an older version is refused as a replay, and so is another one of the same number', () => {
  const before = verifyFiles(request)
  if ('problem' in before) throw new Error(before.problem)
  const older = signFiles({ files, key, sequence: 6 })
  expect(verifyFiles({ ...request, text: older, before })).toEqual({
    problem: 'it is version 6, and 7 was accepted before',
  })
  const other = [file('services: {a: {command: b}}\n')]
  const twin = signFiles({ files: other, key, sequence: 7 })
  expect(verifyFiles({ ...request, text: twin, files: other, before })).toEqual({
    problem: 'it is version 7, and 7 was accepted before',
  })
})

test('a file of the wrong kind of key is named for what it is', () => {
  expect(parsePrivateKey(publicPem, 'k')).toEqual({
    problem: 'k has no private key in it that can be read without a password',
  })
  expect(parsePublicKeys(privatePem, 'k')).toEqual({
    problem: 'k has something in it that is no public key',
  })
  expect(parsePublicKeys('', 'k')).toEqual({ problem: 'k has no public key in it' })
})

test('openssl agrees with a signature', () => {
  const place = mkdtempSync(join(tmpdir(), 'stead-signature-'))
  try {
    const [, body = '', base64 = ''] = /^([\s\S]*\n)signature (.*)\n$/.exec(signed) ?? []
    const at = (name: string, content: string | Buffer): string => {
      writeFileSync(join(place, name), content)
      return join(place, name)
    }
    const said = execFileSync('openssl', [
      ...['pkeyutl', '-verify', '-rawin', '-pubin', '-inkey', at('key.pub', publicPem)],
      ...['-in', at('body', body), '-sigfile', at('sig', Buffer.from(base64, 'base64'))],
    ])
    expect(said.toString()).toContain('Signature Verified Successfully')
  } finally {
    rmSync(place, { recursive: true })
  }
})
