import { SteadError } from '../../errors.ts'
import type { FormatPlan, LaidOut, ToolCommand } from '../../model/format-plan.ts'
import type { StagedProduct } from '../../model/staged-product.ts'
import { archiveName } from '../archive-name.ts'
import { nsisParts } from './parts.ts'
import { nsisScript } from './script.ts'
import { UNINSTALLER, type UninstallerStage } from './uninstaller-stage.ts'

/** The script of a setup program and what goes into it, and how makensis(1) is asked to compile it. */
export function nsisPlan(product: StagedProduct): FormatPlan {
  const { spec, target, epoch } = product
  if (target !== 'win-x64') throw new SteadError('INTERNAL', { detail: `no setup for ${target}` })
  const parts = nsisParts(product)
  const signs = spec.signing !== null
  const compile =
    (script: string) =>
    (directory: string): readonly ToolCommand[] => [
      {
        file: 'makensis',
        args: ['-V2', '-WX', `${directory}/${script}`],
        env: { SOURCE_DATE_EPOCH: String(epoch) },
      },
    ]
  // By its mark makensis knows UTF-8.
  const script = (path: string, stage: UninstallerStage): LaidOut => {
    const text = `\ufeff${nsisScript(parts, stage)}`
    return { kind: 'text', path, text, mode: 0o644 }
  }
  return {
    entries: [
      ...parts.files.map(
        ({ laid, source }): LaidOut => ({ kind: 'copy', path: laid, source, mode: 0o644 }),
      ),
      ...(spec.license === null ? [] : [copied('license.txt', spec.license, true)]),
      ...(spec.icon === null ? [] : [copied('icon.ico', spec.icon, false)]),
      { kind: 'text', path: 'uninstall.lst', text: manifest(parts.files), mode: 0o644 },
      ...(signs ? [script('uninstaller.nsi', 'taken out')] : []),
      script('setup.nsi', signs ? 'put back' : 'unsigned'),
    ],
    ...(signs
      ? { signedFirst: { commands: compile('uninstaller.nsi'), result: UNINSTALLER } }
      : {}),
    commands: compile('setup.nsi'),
    result: 'made.exe',
    name: `${archiveName(spec.archiveName, spec, target)}_setup.exe`,
  }
}

function copied(path: string, source: string, byteOrderMark: boolean): LaidOut {
  return { kind: 'copy', path, source, mode: 0o644, byteOrderMark }
}

/**
 * What the next version moves out of its way: lines of UTF-16, which is what scripts read whatever the
 * code page of the machine.
 */
function manifest(files: ReturnType<typeof nsisParts>['files']): Uint8Array {
  const lines = files.map(({ path, config }) => `${path}${config ? '.default' : ''}\r\n`)
  return Buffer.from([...lines, 'uninstall.exe\r\n'].join(''), 'utf16le')
}
