import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { basename, join, sep } from 'node:path'
import type { Plugin } from 'esbuild'
import type { PackTarget } from '../../model/pack-spec.ts'
import { isAddonFor } from './addon-target.ts'

export interface BundledAddon {
  /** Name of the asset. */
  readonly asset: string
  /** Absolute path of the file that was found; null for koffi, which is taken for each target. */
  readonly path: string
}

export interface PluginAsked {
  /** Where the sources or compiled files of this stead are; absolute. */
  readonly steadRoot: string
  /** `ts` in a checkout, `js` in the published package. */
  readonly ending: 'ts' | 'js'
  readonly target: PackTarget
  /** Takes the addons that were found on the way. */
  readonly addon: (found: BundledAddon) => void
}

/** Loading by name at the place of the call, out of files of stead, where esbuild does not see it. */
const HIDDEN_REQUIRE = /createRequire\(import\.meta\.url\)\(/g
const KOFFI_LOADER = /koffi[\\/]src[\\/]koffi[\\/]src[\\/]static\.cjs$/

export const KOFFI_ASSET = 'koffi.node'

/**
 * What a bundle for a single executable has to be: modules of Node are asked for by `require`, which is
 * all that the main script of such an executable has; `stead` is this stead; native addons are assets.
 */
export function bundlePlugin({ steadRoot, ending, target, addon }: PluginAsked): Plugin {
  const loader = join(steadRoot, 'platform', 'packed', `addon.${ending}`)
  const fromAsset = (asset: string): string =>
    `require(${JSON.stringify(loader)}).loadAddon(${JSON.stringify(asset)})`
  return {
    name: 'stead',
    setup(build) {
      build.onResolve({ filter: /^[a-z_]/ }, ({ path, namespace }) => {
        if (!isBuiltin(path)) return undefined
        if (namespace === 'node-module') return { path, external: true }
        return { path, namespace: 'node-module' }
      })
      build.onLoad({ filter: /.*/, namespace: 'node-module' }, ({ path }) => ({
        contents: `module.exports = require(${JSON.stringify(path)})`,
        loader: 'js',
      }))
      build.onResolve({ filter: /^stead(\/client)?$/ }, ({ path }) => ({
        path: join(steadRoot, `${path === 'stead' ? 'index' : 'client'}.${ending}`),
      }))
      build.onLoad({ filter: /\.[jt]s$/ }, ({ path }) => {
        if (!path.startsWith(steadRoot + sep) || path.includes(`${sep}node_modules${sep}`))
          return undefined
        const source = readFileSync(path, 'utf8')
        if (!source.includes('createRequire(import.meta.url)(')) return undefined
        return { contents: source.replace(HIDDEN_REQUIRE, 'require('), loader: ending }
      })
      build.onLoad({ filter: KOFFI_LOADER }, () => ({
        contents: `exports.loadStatic = () => ${fromAsset(KOFFI_ASSET)}`,
        loader: 'js',
        resolveDir: steadRoot,
      }))
      build.onLoad({ filter: /\.node$/ }, ({ path }) => {
        const bytes = readFileSync(path)
        if (!isAddonFor(bytes, target)) {
          const text = `the native addon ${basename(path)} is not one for ${target}`
          return { errors: [{ text }] }
        }
        const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 12)
        const asset = `${basename(path, '.node')}-${hash}.node`
        addon({ asset, path })
        return {
          contents: `module.exports = ${fromAsset(asset)}`,
          loader: 'js',
          resolveDir: steadRoot,
        }
      })
    },
  }
}
