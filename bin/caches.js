/**
 * The caches of compiled code, for whatever of stead a process begins with: `bin/stead.js` loads this
 * first, and a part that is a process of its own has it by `--import`.
 */
import { existsSync } from 'node:fs'
import { useCompileCache } from './compile-cache.js'

const cache = useCompileCache()
// The published package has compiled JavaScript beside bin/, a checkout has src/.
const source = new URL('../src/', import.meta.url)
if (cache !== null && existsSync(source))
  (await import('./type-cache.js')).useTypeCache(cache, source.href)
