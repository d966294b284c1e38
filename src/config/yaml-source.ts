import type { ConfigSource } from './source/config-source.ts'
import { readSource } from './source/read-source.ts'

export type { ConfigSource as YamlSource, FileProblem } from './source/config-source.ts'

/**
 * Reads YAML 1.2 with merge keys, whatever the file is called.
 *
 * @param path the file's name, for messages
 * @returns the problems instead, where it is not YAML at all
 */
export function readYaml(path: string, text: string): ConfigSource | { problems: string[] } {
  return readSource(path, text, {
    format: 'yaml',
    emptyHint: '; one writes "services:" and below it their names',
  })
}
