import { homeOf } from '../../model/home.ts'
import type { PackSpec } from '../../model/pack-spec.ts'
import type { StagedProduct } from '../../model/staged-product.ts'
import { type InstallSetting, installSettings } from '../install-settings.ts'

/** Where the files of the version before are until the new one runs. */
export const ASIDE = '$INSTDIR\\.previous'

/** What stead keeps for all users of the machine, as the variables of a script have it. */
export const HOME = homeOf({
  platform: 'win32',
  scope: 'system',
  env: { ProgramData: '$APPDATA' },
  userHome: '',
  root: null,
})

export interface NsisFile {
  /** Below the directory of the product, with backslashes. */
  readonly path: string
  /** Where it is when the script is compiled: a name that needs no quoting. */
  readonly laid: string
  readonly source: string
  readonly config: boolean
}

/** What the script is written from. */
export interface NsisParts {
  readonly spec: PackSpec
  readonly executable: string
  readonly files: readonly NsisFile[]
  readonly settings: readonly InstallSetting[]
  /** The key that Add/Remove Programs reads, below HKLM. */
  readonly key: string
}

export function nsisParts({ spec, executable, files }: StagedProduct): NsisParts {
  return {
    spec,
    executable: windowsPath(executable),
    files: files.map(({ path, source, config }, index) => ({
      path: windowsPath(path),
      laid: `files/${index}`,
      source,
      config,
    })),
    settings: installSettings(spec),
    key: `Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\${spec.name}`,
  }
}

function windowsPath(path: string): string {
  return path.replaceAll('/', '\\')
}

/** The folders of the files, those inside before those that hold them. */
export function foldersOf(files: readonly NsisFile[]): readonly string[] {
  const folders = new Set<string>()
  for (const { path } of files) {
    for (let at = path.lastIndexOf('\\'); at > 0; at = path.lastIndexOf('\\', at - 1))
      folders.add(path.slice(0, at))
  }
  return [...folders].sort().reverse()
}
