import { existsSync, readFileSync } from 'node:fs'
import { packed } from '../platform/packed/facts.ts'

/** The version of this stead: the manifest lies above src/ in a checkout, beside cli/ in the package. */
export function version(): string {
  const inside = packed()
  if (inside !== null) return inside.stead
  const paths = ['../package.json', '../../package.json']
  for (const path of paths) {
    const url = new URL(path, import.meta.url)
    if (existsSync(url))
      return (JSON.parse(readFileSync(url, 'utf8')) as { version: string }).version
  }
  return 'unknown'
}
