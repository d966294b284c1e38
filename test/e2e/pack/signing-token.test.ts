/** Signatures by a key on a token: SoftHSM, a real PKCS #11 module, through the engine of libp11. */
import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openSigner } from '../../../src/cli/pack-signing.ts'
import type { PackSigning } from '../../../src/model/pack-spec.ts'
import { nodeCommandRunner } from '../../../src/platform/command-runner.ts'
import { productOf } from '../../fixtures/staged-product.ts'
import { temporaryDirectory } from '../../fixtures/temporary-directory.ts'
import { compileWindowsPrograms, windowsProgram } from '../../fixtures/windows-programs.ts'
import { pack, signedHello, unpack } from './packed.ts'
import { makeAuthorities, type StampServer, startStamps, verified } from './signing-authorities.ts'

const MODULE = '/usr/lib/softhsm/libsofthsm2.so'
const PIN = 'a "pin" $HOME'
const KEY = `pkcs11:token=release;object=code?module-path=${MODULE}`
const DAY = 24 * 3600 * 1000
const work = temporaryDirectory('signing-token')
let stamps: StampServer

/** A token with a key and its certificate, and a key without one. */
beforeAll(async () => {
  compileWindowsPrograms()
  makeAuthorities(work)
  stamps = await startStamps(work)
  mkdirSync(join(work, 'tokens'))
  const settings = join(work, 'softhsm2.conf')
  writeFileSync(settings, `directories.tokendir = ${join(work, 'tokens')}\n`)
  vi.stubEnv('SOFTHSM2_CONF', settings)
  const run = (file: string, ...args: string[]) =>
    execFileSync(file, args, { cwd: work, stdio: 'pipe' })
  const hsm = (...args: string[]) => run('softhsm2-util', ...args, '--pin', PIN)
  hsm('--init-token', '--free', '--label', 'release', '--so-pin', '12345678')
  run('openssl', 'pkcs8', '-topk8', '-nocrypt', '-in', 'code.key', '-out', 'code.p8')
  run('openssl', 'x509', '-in', 'code.pem', '-outform', 'der', '-out', 'code.der')
  for (const [label, id] of [
    ['code', '01'],
    ['bare', '02'],
  ] as const)
    hsm('--import', 'code.p8', '--token', 'release', '--label', label, '--id', id)
  const token = ['--module', MODULE, '--token-label', 'release', '--login', '--pin', PIN]
  const certificate = ['--write-object', 'code.der', '--type', 'cert']
  run('pkcs11-tool', ...token, ...certificate, '--id', '01', '--label', 'code')
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await stamps?.close()
})

/** @param at how far from now the clock is */
function open(signing: Partial<PackSigning> = {}, pin = PIN, at = 0) {
  const commands: string[] = []
  const runner = nodeCommandRunner()
  const whole = {
    certificate: KEY,
    chain: join(work, 'code-root.pem'),
    passwordEnv: null,
    timestamp: null,
    timestampRoots: null,
    ...signing,
  }
  const signer = openSigner(productOf({ signing: whole }, 'win-x64').spec, {
    runner: {
      run(file, args, options) {
        commands.push([file, ...args].join(' '))
        return runner.run(file, args, options)
      },
    },
    platform: process.platform,
    now: new Date(Date.now() + at),
    password: async () => pin,
  })
  return { signer, commands }
}

describe('signing for Windows by a key on a token', () => {
  test('signs and stamps; the PIN is on no command line', async () => {
    const file = join(work, 'signed.exe')
    copyFileSync(windowsProgram('packed'), file)
    const timestampRoots = join(work, 'tsa-root.pem')
    const { signer, commands } = open({ timestamp: stamps.url, timestampRoots })
    await (await signer)?.sign(file)
    const said = verified(work, file)
    expect(said).toMatch(/Subject: \/CN=Tests code/)
    expect(said).toMatch(/Signature verification: ok/)
    expect(said).toMatch(/Timestamp Server Signature verification: ok/)
    expect(commands.filter((line) => line.includes('-readpass'))).toHaveLength(2)
    expect(commands.filter((line) => line.includes('pin'))).toEqual([])
  })

  test.each([
    ['a wrong PIN', {}, 'wrong', /the PIN of pkcs11:token=release;object=code is wrong/],
    ['no PIN', {}, '', /it has no PIN/],
    [
      'a module that is not there',
      { certificate: 'pkcs11:token=release;object=code?module-path=/no/such.so' },
      PIN,
      /there is no \/no\/such\.so/,
    ],
    [
      'a module that is none',
      { certificate: 'pkcs11:token=release;object=code?module-path=/etc/hostname' },
      PIN,
      /\/etc\/hostname cannot be loaded as a PKCS #11 module/,
    ],
    [
      'a token that is not there',
      { certificate: KEY.replace('release', 'other') },
      PIN,
      /libsofthsm2\.so has no token for pkcs11:token=other/,
    ],
    [
      'an object that is not there',
      { certificate: KEY.replace('=code', '=other') },
      PIN,
      /the token has no certificate for pkcs11:token=release;object=other/,
    ],
    [
      'a key without a certificate',
      { certificate: KEY.replace('=code', '=bare') },
      PIN,
      /the token has no certificate for pkcs11:token=release;object=bare/,
    ],
    ['a chain that ends nowhere', { chain: null }, PIN, /the signature does not verify.*`chain`/],
  ])('refuses %s before anything is built', async (_, signing, pin, reason) => {
    const error = await open(signing, pin).signer.then(
      () => null,
      (found: Error) => found,
    )
    expect(error).toMatchObject({ code: 'PACK_SIGNING_FAILED' })
    expect(error?.message).toMatch(reason)
  })

  test('refuses a certificate that has expired', async () => {
    await expect(open({}, PIN, 11 * DAY).signer).rejects.toThrow(/expired on \d{4}-/)
  })

  test('says which package is missing where osslsigncode cannot speak to tokens', async () => {
    vi.stubEnv('OPENSSL_ENGINES', work)
    try {
      await expect(open().signer).rejects.toThrow(/libengine-pkcs11-openssl/)
    } finally {
      vi.stubEnv('OPENSSL_ENGINES', undefined)
    }
  })

  test('is what stead pack does, by the PIN in a variable; a wrong one makes nothing', () => {
    const signing = { certificate: KEY, chain: 'code-root.pem', passwordEnv: 'SIGNING_PIN' }
    const file = signedHello(work, ['zip'], signing)
    const out = join(work, 'out')
    const wrong = pack(['-f', file, '-o', out], { SIGNING_PIN: 'wrong' })
    expect(wrong.stderr).toMatch(/PACK_SIGNING_FAILED.*the PIN of .* is wrong/)
    expect(existsSync(out)).toBe(false)
    const { code, stderr } = pack(['-f', file, '-o', out], { SIGNING_PIN: PIN })
    expect([code, stderr.match(/error:.*/)]).toEqual([0, null])
    const there = join(work, 'unpacked')
    mkdirSync(there)
    unpack(join(out, 'hello_1.0.0_win_x64.zip'), there)
    const inside = readdirSync(there, { recursive: true, encoding: 'utf8' })
    const executable = inside.find((path) => path.endsWith('hello.exe')) ?? ''
    expect(verified(work, join(there, executable))).toMatch(/Signature verification: ok/)
  })
})
