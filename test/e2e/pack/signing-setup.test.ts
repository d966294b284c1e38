/** The uninstaller inside of a signed setup program: installed on a Windows of its own in Wine, and verified there. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSigner } from '../../../src/cli/pack-signing.ts'
import { nsisFormat } from '../../../src/pack/nsis/nsis-format.ts'
import { nodeCommandRunner } from '../../../src/platform/command-runner.ts'
import { formatBuilder } from '../../../src/platform/pack/format-builder.ts'
import { until } from '../../contract/until.ts'
import { temporaryDirectory } from '../../fixtures/temporary-directory.ts'
import { compileWindowsPrograms } from '../../fixtures/windows-programs.ts'
import { windowsPath } from '../wine/prefix.ts'
import { makeAuthorities, PASSWORD, verified } from './signing-authorities.ts'
import { bootWindows, type Windows } from './windows.ts'
import { FOLDER, standInForWindows } from './windows-product.ts'

const UNINSTALL_KEY = 'HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\stead-packed'
const work = temporaryDirectory('signing-setup')
const out = join(work, "out 'of' $HOME")
let windows: Windows
let setup: string

beforeAll(async () => {
  compileWindowsPrograms()
  makeAuthorities(work)
  mkdirSync(out)
  const product = standInForWindows(join(work, 'staged'), '1.0.0', '1.0.0', {
    signing: {
      certificate: join(work, 'code.pfx'),
      chain: null,
      passwordEnv: null,
      timestamp: null,
      timestampRoots: null,
    },
  })
  const runner = nodeCommandRunner()
  const password = async (): Promise<string> => PASSWORD
  const signer = await openSigner(product.spec, {
    runner,
    platform: process.platform,
    now: new Date(),
    password,
  })
  const made = await formatBuilder(nsisFormat, runner).build(product, out, signer?.sign)
  await signer?.sign(made.path)
  setup = made.path
  windows = await bootWindows()
})
afterAll(() => windows?.prefix.dispose())

describe('a signed setup program', () => {
  test('leaves nothing beside it where it is made', () => {
    expect(readdirSync(out)).toEqual([setup.slice(out.length + 1)])
    expect(verified(work, setup)).toMatch(/Signature verification: ok/)
  })

  test('installs an uninstaller with a signature of its own', async () => {
    expect((await windows.run(windowsPath(setup), '/S')).code).toBe(0)
    const uninstaller = windows.unix(`${FOLDER}\\uninstall.exe`)
    const said = verified(work, uninstaller)
    expect(said).toMatch(/Subject: \/CN=Tests code/)
    expect(said).toMatch(/Signature verification: ok/)
    const changed = readFileSync(uninstaller)
    changed.writeUInt8(changed.readUInt8(changed.length >> 1) ^ 1, changed.length >> 1)
    writeFileSync(join(work, 'changed.exe'), changed)
    expect(() => verified(work, join(work, 'changed.exe'))).toThrow()
  })

  test('is uninstalled by it', async () => {
    expect((await windows.run(`${FOLDER}\\uninstall.exe`, '/S')).code).toBe(0)
    await until(
      'the uninstaller has come to its last step',
      async () =>
        !existsSync(windows.unix(`${FOLDER}\\uninstall.exe`)) &&
        (await windows.value(UNINSTALL_KEY, 'DisplayVersion')) === null,
    )
    expect(existsSync(windows.unix(`${FOLDER}\\stead-packed.exe`))).toBe(false)
  })
})
