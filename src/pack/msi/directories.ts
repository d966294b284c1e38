import type { StagedFile, StagedProduct } from '../../model/staged-product.ts'
import { stableGuid, upgradeCode } from './stable-guid.ts'
import { element } from './xml.ts'

export interface DirectoryTree {
  /** Elements of what is below INSTALLDIR. */
  readonly lines: readonly string[]
  /** Ids of all components. */
  readonly components: readonly string[]
}

/**
 * One component for each file, as Windows Installer wants it: its GUID says for ever what stands in that place. A
 * configuration file that was changed since it was installed is kept, as every file without a version is
 * (File Versioning Rules): the older version is removed behind the newer one, by which time the two share it.
 *
 * @param service elements that belong to the executable
 */
export function directoryTree(product: StagedProduct, service: readonly string[]): DirectoryTree {
  const { spec, files, executable } = product
  const code = upgradeCode(spec.publisher, spec.name)
  const components: string[] = []
  const below = (prefix: string): string[] => {
    const inside = files
      .map((file, index) => ({ file, index }))
      .filter(({ file }) => file.path.startsWith(prefix))
    const own = inside.filter(({ file }) => !file.path.slice(prefix.length).includes('/'))
    const folders = new Set(
      inside
        .map(({ file }) => file.path.slice(prefix.length))
        .filter((rest) => rest.includes('/'))
        .map((rest) => rest.slice(0, rest.indexOf('/'))),
    )
    return [
      ...own.flatMap(({ file, index }) => component(file, index)),
      ...[...folders].flatMap((name) => {
        const path = `${prefix}${name}/`
        const id = `Directory_${stableGuid(path, code).replaceAll('-', '')}`
        return element('Directory', { Id: id, Name: name }, below(path))
      }),
    ]
  }
  const component = (file: StagedFile, index: number): string[] => {
    const id = componentId(product, file.path)
    components.push(id)
    const name = file.path.slice(file.path.lastIndexOf('/') + 1)
    const attributes = { Id: `File_${index}`, Name: name, Source: `files/${index}`, KeyPath: 'yes' }
    return element('Component', { Id: id, Guid: stableGuid(file.path, code), Win64: 'yes' }, [
      ...element('File', attributes),
      ...(file.path === executable ? service : []),
    ])
  }
  return { lines: below(''), components }
}

/** The name of the component of a file. */
export function componentId({ spec }: Pick<StagedProduct, 'spec'>, path: string): string {
  const code = upgradeCode(spec.publisher, spec.name)
  return `Component_${stableGuid(path, code).replaceAll('-', '')}`
}

/** The key of a file in the table File. */
export function fileId({ files }: Pick<StagedProduct, 'files'>, path: string): string {
  return `File_${files.findIndex((file) => file.path === path)}`
}
