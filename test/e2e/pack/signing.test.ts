/** Authenticode signatures of real files by osslsigncode, with a certificate and an authority for time stamps made for the test. */
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSigner } from '../../../src/cli/pack-signing.ts'
import type { PackSigning } from '../../../src/model/pack-spec.ts'
import { msiFormat } from '../../../src/pack/msi/msi-format.ts'
import { nodeCommandRunner } from '../../../src/platform/command-runner.ts'
import { formatBuilder } from '../../../src/platform/pack/format-builder.ts'
import { productOf } from '../../fixtures/staged-product.ts'
import { temporaryDirectory } from '../../fixtures/temporary-directory.ts'
import { compileWindowsPrograms, windowsProgram } from '../../fixtures/windows-programs.ts'
import { standInForWindows } from './windows-product.ts'

const work = temporaryDirectory('signing')
const PASSWORD = 'correct "horse" $HOME'
const DAY = 24 * 3600 * 1000
let authority: Server
let asked = 0

function openssl(...args: string[]): string {
  return execFileSync('openssl', args, { cwd: work, encoding: 'utf8', stdio: 'pipe' })
}

/** A root of our own, a certificate for code, both in a PFX; and an authority for time stamps. */
beforeAll(async () => {
  compileWindowsPrograms()
  for (const [name, usage] of [
    ['code', 'codeSigning'],
    ['tsa', 'critical,timeStamping'],
  ]) {
    openssl(
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '30',
      '-subj',
      `/CN=Root of ${name}`,
      '-keyout',
      `${name}-root.key`,
      '-out',
      `${name}-root.pem`,
    )
    openssl(
      'req',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-subj',
      `/CN=Tests ${name}`,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
    )
    writeFileSync(join(work, 'extensions'), `extendedKeyUsage=${usage}\n`)
    openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      `${name}-root.pem`,
      '-CAkey',
      `${name}-root.key`,
      '-CAcreateserial',
      '-days',
      '10',
      '-extfile',
      'extensions',
      '-out',
      `${name}.pem`,
    )
  }
  writeFileSync(join(work, 'password'), PASSWORD)
  openssl(
    'pkcs12',
    '-export',
    '-inkey',
    'code.key',
    '-in',
    'code.pem',
    '-certfile',
    'code-root.pem',
    '-passout',
    'file:password',
    '-out',
    'code.pfx',
  )
  writeFileSync(join(work, 'serial'), '01\n')
  writeFileSync(
    join(work, 'tsa.cnf'),
    '[tsa]\ndefault_tsa=one\n[one]\nserial=serial\ncrypto_device=builtin\nsigner_cert=tsa.pem\ncerts=tsa-root.pem\nsigner_key=tsa.key\nsigner_digest=sha256\ndefault_policy=1.2.3\ndigests=sha256,sha384,sha512\ness_cert_id_alg=sha256\n',
  )
  authority = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      asked += 1
      writeFileSync(join(work, 'query.tsq'), Buffer.concat(chunks))
      openssl('ts', '-reply', '-config', 'tsa.cnf', '-queryfile', 'query.tsq', '-out', 'reply.tsr')
      response.setHeader('content-type', 'application/timestamp-reply')
      response.end(readFileSync(join(work, 'reply.tsr')))
    })
  })
  await new Promise<void>((resolve) => authority.listen(0, '127.0.0.1', resolve))
})
afterAll(() => new Promise((closed) => authority.close(closed)))

const url = (): string => `http://127.0.0.1:${(authority.address() as AddressInfo).port}/`

/** @param at how far from now the clock is */
function open(signing: Partial<PackSigning>, password = PASSWORD, at = 0) {
  const certificate = join(work, 'code.pfx')
  const whole = { certificate, passwordEnv: null, timestamp: null, ...signing }
  return openSigner(productOf({ signing: whole }, 'win-x64').spec, {
    runner: nodeCommandRunner(),
    now: new Date(Date.now() + at),
    password: async () => password,
  })
}

function program(name: string): string {
  const file = join(work, name)
  copyFileSync(windowsProgram('packed'), file)
  return file
}

/** What osslsigncode says of it, by itself. */
function verified(file: string, ...words: string[]): string {
  return execFileSync(
    'osslsigncode',
    [
      'verify',
      '-in',
      file,
      '-CAfile',
      join(work, 'code-root.pem'),
      '-TSA-CAfile',
      join(work, 'tsa-root.pem'),
      ...words,
    ],
    { encoding: 'utf8' },
  )
}

describe('signing for Windows', () => {
  test('signs an executable with SHA-256 and a time stamp', async () => {
    const file = program('stamped.exe')
    const signer = await open({ timestamp: url() })
    await signer?.sign(file)
    const said = verified(file)
    expect(said).toMatch(/Signature verification: ok/)
    expect(said).toMatch(/Message digest algorithm\s*: SHA256/)
    expect(said).toMatch(/Timestamp verified/)
    expect(asked).toBeGreaterThan(0)
    expect(readdirSync(work).filter((name) => /\.(signed|roots)$/.test(name))).toEqual([])
  })

  test('signs an MSI, and a changed byte is found', async () => {
    const out = join(work, 'out')
    mkdirSync(out)
    const product = standInForWindows(join(work, 'staged'), '1.0.0', '1.0.0', {
      displayName: 'Hello',
    })
    const { path } = await formatBuilder(msiFormat, nodeCommandRunner()).build(product, out)
    const signer = await open({})
    await signer?.sign(path)
    expect(verified(path)).toMatch(/Signature verification: ok/)
    const bytes = readFileSync(path)
    const at = bytes.indexOf('MSCF')
    bytes.writeUInt8(bytes.readUInt8(at + 100) ^ 1, at + 100)
    writeFileSync(path, bytes)
    expect(() => verified(path)).toThrow()
  })

  test('refuses a wrong password before anything is built, without telling it', async () => {
    const error = await open({}, 'wrong horse').then(
      () => null,
      (found: Error) => found,
    )
    expect(error).toMatchObject({ code: 'PACK_SIGNING_FAILED' })
    expect(error?.message).toMatch(/the password of .*code\.pfx is wrong/)
    expect(error?.message).not.toContain('horse')
  })

  test.each([
    ['has expired', 11 * DAY, /expired on \d{4}-/],
    ['is not valid yet', -DAY, /is valid from \d{4}-.* on/],
  ])('refuses a certificate that %s before anything is built', async (_, at, reason) => {
    await expect(open({}, PASSWORD, at)).rejects.toThrow(reason)
  })

  test('fails where the authority does not answer, and the file is as it was', async () => {
    const file = program('unstamped.exe')
    const signer = await open({ timestamp: 'http://127.0.0.1:9/' })
    await expect(signer?.sign(file)).rejects.toThrow(/gave no time stamp/)
    expect(readFileSync(file).equals(readFileSync(windowsProgram('packed')))).toBe(true)
  })

  test('refuses a file that is no PFX', async () => {
    await expect(open({ certificate: join(work, 'code.pem') })).rejects.toThrow(/is no PFX/)
  })
})
