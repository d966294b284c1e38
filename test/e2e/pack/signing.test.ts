/** Authenticode signatures of real files by osslsigncode, with a certificate and an authority for time stamps made for the test. */
import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSigner } from '../../../src/cli/pack-signing.ts'
import type { PackSigning } from '../../../src/model/pack-spec.ts'
import type { CommandRunner } from '../../../src/model/ports/command-runner.ts'
import { msiFormat } from '../../../src/pack/msi/msi-format.ts'
import { hasSignature } from '../../../src/pack/sign/portable-executable.ts'
import { nodeCommandRunner } from '../../../src/platform/command-runner.ts'
import { formatBuilder } from '../../../src/platform/pack/format-builder.ts'
import { productOf } from '../../fixtures/staged-product.ts'
import { temporaryDirectory } from '../../fixtures/temporary-directory.ts'
import { compileWindowsPrograms, windowsProgram } from '../../fixtures/windows-programs.ts'
import { windowsPath } from '../wine/prefix.ts'
import { pack, signedHello, unpack } from './packed.ts'
import {
  makeAuthorities,
  PASSWORD,
  type StampServer,
  startRevocations,
  startStamps,
  verified,
  verifiesWith,
} from './signing-authorities.ts'
import { bootWindows } from './windows.ts'
import { standInForWindows } from './windows-product.ts'

const work = temporaryDirectory('signing')
const DAY = 24 * 3600 * 1000
let stamps: StampServer

beforeAll(async () => {
  compileWindowsPrograms()
  makeAuthorities(work)
  stamps = await startStamps(work)
})
afterAll(() => stamps?.close())

/**
 * @param at how far from now the clock is
 * @param runner of the commands
 */
function open(
  signing: Partial<PackSigning>,
  password = PASSWORD,
  at = 0,
  runner: Pick<CommandRunner, 'run'> = nodeCommandRunner(),
) {
  const certificate = join(work, 'code.pfx')
  const whole = {
    certificate,
    chain: null,
    passwordEnv: null,
    timestamp: null,
    timestampRoots: join(work, 'tsa-root.pem'),
    ...signing,
  }
  return openSigner(productOf({ signing: whole }, 'win-x64').spec, {
    runner,
    platform: process.platform,
    now: new Date(Date.now() + at),
    password: async () => password,
  })
}

function program(name: string): string {
  const file = join(work, name)
  copyFileSync(windowsProgram('packed'), file)
  return file
}

function found(directory: string, ending: string): string {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' })
  return join(directory, names.find((name) => name.endsWith(ending)) ?? `no ${ending}`)
}

describe('signing for Windows', () => {
  test('of a library that its maker has signed is told from one that nobody has', async () => {
    const file = program('told.exe')
    expect(hasSignature(readFileSync(file))).toBe(false)
    const signer = await open({})
    await signer?.sign(file)
    expect(hasSignature(readFileSync(file))).toBe(true)
  })

  test('signs an executable with SHA-256 and a time stamp', async () => {
    const file = program('stamped.exe')
    const signer = await open({ timestamp: stamps.url })
    await signer?.sign(file)
    const said = verified(work, file)
    expect(said).toMatch(/Signature verification: ok/)
    expect(said).toMatch(/Message digest algorithm\s*: SHA256/)
    expect(said).toMatch(/Timestamp Server Signature verification: ok/)
    expect(stamps.asked()).toBeGreaterThan(0)
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
    expect(verified(work, path)).toMatch(/Signature verification: ok/)
    const bytes = readFileSync(path)
    const at = bytes.indexOf('MSCF')
    bytes.writeUInt8(bytes.readUInt8(at + 100) ^ 1, at + 100)
    writeFileSync(path, bytes)
    expect(() => verified(work, path)).toThrow()
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

  test('by an osslsigncode that reads no standard input, has the password from a FIFO', async () => {
    const real = nodeCommandRunner()
    const commands: string[] = []
    const silent: Pick<CommandRunner, 'run'> = {
      async run(file, words, options) {
        commands.push([file, ...words].join(' '))
        const result = await real.run(file, words, options)
        const stdout = result.stdout.replace(/^.*use "-" with readpass.*$/m, '')
        return words.includes('--help') ? { ...result, stdout } : result
      },
    }
    const file = program('by-fifo.exe')
    await (await open({}, PASSWORD, 0, silent))?.sign(file)
    expect(verified(work, file)).toMatch(/Signature verification: ok/)
    await expect(open({}, 'wrong horse', 0, silent)).rejects.toThrow(/password of .* is wrong/)
    const sources = commands.flatMap(
      (line) => /^osslsigncode.* -readpass (\S+)/.exec(line)?.[1] ?? [],
    )
    expect(sources.map((source) => basename(source))).toEqual(['password', 'password'])
    expect(sources.filter((source) => existsSync(source))).toEqual([])
    expect(commands.filter((line) => line.includes('horse'))).toEqual([])
  })

  test('takes a file without a password', async () => {
    const words = ['-inkey', 'code.key', '-in', 'code.pem', '-certfile', 'code-root.pem']
    const to = ['-passout', 'pass:', '-out', 'open.pfx']
    execFileSync('openssl', ['pkcs12', '-export', ...words, ...to], { cwd: work })
    const file = program('open.exe')
    await (await open({ certificate: join(work, 'open.pfx') }, ''))?.sign(file)
    expect(verified(work, file)).toMatch(/Signature verification: ok/)
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

  test('refuses a stamp of an authority that nobody knows, and the file is as it was', async () => {
    const file = program('unknown.exe')
    const signer = await open({ timestamp: stamps.url, timestampRoots: null })
    await expect(signer?.sign(file)).rejects.toThrow(
      /the time stamp of .* does not verify; `timestampRoots` names the root/,
    )
    expect(readFileSync(file).equals(readFileSync(windowsProgram('packed')))).toBe(true)
  })

  test('refuses a certificate whose root nobody knows before anything is built; `chain` has it', async () => {
    const words = ['-inkey', 'code.key', '-in', 'code.pem', '-passout', 'file:password']
    execFileSync('openssl', ['pkcs12', '-export', ...words, '-out', 'alone.pfx'], { cwd: work })
    const certificate = join(work, 'alone.pfx')
    await expect(open({ certificate })).rejects.toThrow(/does not verify; .*`chain`/)
    const file = program('chained.exe')
    const signer = await open({ certificate, chain: join(work, 'code-root.pem') })
    await signer?.sign(file)
    expect(verified(work, file)).toMatch(/Signature verification: ok/)
  })

  test('refuses a certificate that is revoked, and one whose list cannot be fetched', async ({
    skip,
  }) => {
    skip(!verifiesWith('-ignore-crl'), 'this osslsigncode cannot leave lists alone: before 2.9')
    const certificate = join(work, 'listed.pfx')
    const revocations = await startRevocations(work, certificate)
    try {
      const file = program('listed.exe')
      const signer = await open({ certificate })
      await signer?.sign(file)
      // The list is this process's, which waits here.
      expect(verified(work, file, '-ignore-crl')).toMatch(/Signature verification: ok/)
      revocations.revoke()
      await expect(open({ certificate })).rejects.toThrow(/listed\.pfx could not .*: it is revoked/)
    } finally {
      await revocations.close()
    }
    await expect(open({ certificate })).rejects.toThrow(
      /the list of revoked certificates that it names could not be fetched .*127\.0\.0\.1/,
    )
  })

  test('refuses a file that is no PFX', async () => {
    await expect(open({ certificate: join(work, 'code.pem') })).rejects.toThrow(/is no PFX/)
  })

  test('is what stead pack does, by the password on its standard input', async () => {
    const file = signedHello(work, ['zip', 'nsis', 'msi'], { certificate: 'code.pfx' })
    const out = join(work, 'packed')
    const { code, stderr } = pack(['-f', file, '-o', out], {}, PASSWORD)
    expect([code, stderr.match(/error:.*/)]).toEqual([0, null])
    for (const name of ['hello_1.0.0_win_x64_setup.exe', 'hello_1.0.0_win_x64.msi'])
      expect(verified(work, join(out, name))).toMatch(/Signature verification: ok/)
    mkdirSync(join(work, 'unpacked'))
    unpack(join(out, 'hello_1.0.0_win_x64.zip'), join(work, 'unpacked'))
    const folder = dirname(found(join(work, 'unpacked'), 'hello.exe'))
    expect(verified(work, join(folder, 'hello.exe'))).toMatch(/Signature verification: ok/)
    const windows = await bootWindows()
    try {
      // It loads koffi, which for that lies beside it.
      const { code } = await windows.run(windowsPath(join(folder, 'hello.exe')), 'status')
      expect(code).toBe(4)
    } finally {
      await windows.prefix.dispose()
    }
    const addon = found(join(folder, 'addons'), '.node')
    expect(verified(work, addon)).toMatch(/Signature verification: ok/)
  })

  test('by stead pack, with a wrong password: nothing is made', () => {
    const out = join(work, 'nothing')
    const { code, stderr } = pack(['-f', join(work, 'hello.yaml'), '-o', out], {}, 'wrong horse')
    expect(stderr).toMatch(/PACK_SIGNING_FAILED.*the password of .*code\.pfx is wrong/)
    expect(stderr).not.toContain('horse')
    expect(code).not.toBe(0)
    expect(existsSync(out)).toBe(false)
  })
})
