import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PackSpec } from '../../../src/model/pack-spec.ts'
import type { StagedProduct } from '../../../src/model/staged-product.ts'
import { windowsProgram } from '../../fixtures/windows-programs.ts'
import { stage } from './stand-in.ts'

/** Every trick that a name may play on a script, but for those that Windows has no files of. */
export const DISPLAY_NAME = 'Stead $INSTDIR & `Hello` 你好'
export const FOLDER = `C:\\Program Files\\${DISPLAY_NAME}`

/**
 * `test/fixtures/windows/packed.c` as the product of a Windows machine.
 *
 * @param behaviour what is in version.txt, which the program reads
 */
export function standInForWindows(
  directory: string,
  version: string,
  behaviour = version,
  spec: Partial<PackSpec> = {},
): StagedProduct {
  const text = join(directory, '..', 'license.txt')
  writeFileSync(text, 'You may. 随意使用。\n')
  return stage(directory, {
    target: 'win-x64',
    executable: 'stead-packed.exe',
    files: {
      'stead-packed.exe': readFileSync(windowsProgram('packed')),
      'version.txt': `${behaviour}\n`,
      [`only-in-${version}.txt`]: 'old\n',
      'texts/read me.txt': `This is ${version}.\n`,
      'settings/app.yaml': `# settings of ${version}\n`,
    },
    config: ['settings/app.yaml'],
    spec: {
      name: 'stead-packed',
      displayName: DISPLAY_NAME,
      version,
      license: text,
      service: {
        account: 'LocalSystem',
        start: 'auto',
        enable: true,
        args: [],
        env: { PORT: '18081', GREETING: 'Hello "from" the pack file' },
        config: null,
      },
      ...spec,
    },
  })
}
