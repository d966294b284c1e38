import { basename, dirname } from 'node:path'
import type { ConfigSources } from '../../model/config-version.ts'
import type { ConfigFiles } from '../../model/ports/config-files.ts'

/** Files by their texts, as they were once: what is not among them was not there. */
export function keptFiles(sources: ConfigSources): ConfigFiles {
  return {
    read(path) {
      const text = sources[path]
      return text === undefined
        ? { problem: 'there was no such file when the version was kept', missing: true }
        : { text }
    },
    names: (directory) =>
      Object.keys(sources)
        .filter((path) => dirname(path) === directory)
        .map((path) => basename(path))
        .sort(),
  }
}

/** Notes down the texts of all that is read. */
export function recorded(
  files: ConfigFiles,
): ConfigFiles & { readonly sources: Readonly<Record<string, string>> } {
  const sources: Record<string, string> = {}
  return {
    sources,
    read(path) {
      const read = files.read(path)
      if ('text' in read) sources[path] = read.text
      return read
    },
    names: (directory) => files.names(directory),
  }
}
