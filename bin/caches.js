/**
 * The caches of compiled code, for whatever of stead a process begins with: `bin/stead.js` loads this
 * first, and a part that is a process of its own has it by `--import`.
 */
import { existsSync } from 'node:fs'
import { useCompileCache } from './compile-cache.js'

const cache = useCompileCache()
const beside = new URL('../src/', import.meta.url)

/** Of a checkout; null in the published package, which has compiled JavaScript beside bin/ instead. */
export const source = existsSync(beside) ? beside : null

if (cache !== null && source !== null)
  (await import('./type-cache.js')).useTypeCache(cache, source.href)
