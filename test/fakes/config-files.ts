import { basename, dirname } from 'node:path'
import type { ConfigFiles } from '../../src/model/ports/config-files.ts'

/** Stands for the files of a disk: texts by their absolute paths. */
export function fakeConfigFiles(texts: Readonly<Record<string, string>>): ConfigFiles {
  return {
    read(path) {
      const text = texts[path]
      return text === undefined ? { problem: 'there is no such file', missing: true } : { text }
    },
    names: (directory) =>
      Object.keys(texts)
        .filter((path) => dirname(path) === directory)
        .map((path) => basename(path))
        .sort(),
  }
}
