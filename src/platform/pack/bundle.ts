import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BuildFailure, BuildOptions, Message, Metafile } from 'esbuild'
import { SteadError } from '../../errors.ts'
import type { PackSpec, PackTarget } from '../../model/pack-spec.ts'
import { PACKED_THREADS, type PackedFacts, threadAsset } from '../packed/facts.ts'
import { type BundledAddon, bundlePlugin } from './bundle-plugin.ts'
import { optionalPackage } from './optional-package.ts'

export interface Bundle {
  /** Code of the main script: CommonJS in one text. */
  readonly main: string
  /** Code of the threads, by the names of their assets. */
  readonly threads: Readonly<Record<string, string>>
  /** Addons beside koffi. */
  readonly addons: readonly BundledAddon[]
  /** Absolute paths of the files whose code is in the main script. */
  readonly inputs: readonly string[]
  /** What esbuild remarked about the program's own files. */
  readonly notes: readonly string[]
}

export interface BundleAsked {
  readonly spec: PackSpec
  readonly target: PackTarget
  readonly facts: PackedFacts
}

/** The sources in a checkout, the compiled files in the published package. */
export const STEAD_ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '')
const ENDING = import.meta.url.endsWith('.ts') ? 'ts' : 'js'

const SYSTEMS = { linux: 'linux', win: 'win32', darwin: 'darwin' } as const

/**
 * All code of an executable. The program may be written in TypeScript and have `await` at its top: it is
 * bundled as one module without imports, and put into an asynchronous function.
 *
 * @throws PACK_ENTRY_INVALID with every place that does not compile or cannot be found
 * @throws PACK_PACKAGE_MISSING
 */
export async function bundle({ spec, target, facts }: BundleAsked): Promise<Bundle> {
  const addons = new Map<string, BundledAddon>()
  const plugin = bundlePlugin({
    steadRoot: STEAD_ROOT,
    ending: ENDING,
    target,
    addon: (found) => addons.set(found.asset, found),
  })
  const start = join(STEAD_ROOT, 'cli', `compose-packed.${ENDING}`)
  const built = await build(spec, {
    ...options(target, facts),
    plugins: [plugin],
    metafile: true,
    stdin: {
      contents: `import { startPacked } from ${JSON.stringify(start)}
await startPacked(() => import(${JSON.stringify(spec.entry)}))`,
      resolveDir: STEAD_ROOT,
      sourcefile: 'stead-pack',
      loader: 'js',
    },
  })
  const threads = await Promise.all(
    PACKED_THREADS.map(async (thread) => {
      const entry = join(STEAD_ROOT, 'platform', `${thread}.${ENDING}`)
      const made = await build(spec, {
        ...options(target, facts),
        plugins: [plugin],
        entryPoints: [entry],
      })
      return [threadAsset(thread), made.code] as const
    }),
  )
  return {
    main: built.code,
    threads: Object.fromEntries(threads),
    addons: [...addons.values()].sort((a, b) => (a.asset < b.asset ? -1 : 1)),
    inputs: built.inputs,
    notes: built.notes,
  }
}

function options(target: PackTarget, facts: PackedFacts): BuildOptions {
  const [system = 'linux', arch = 'x64'] = target.split('-') as [keyof typeof SYSTEMS, string]
  return {
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    charset: 'utf8',
    // Lines stay as they are: Node shows the line of what is not caught.
    minifySyntax: true,
    legalComments: 'none',
    logLevel: 'silent',
    // What is for other systems is left out, and errors keep the names of their classes.
    define: {
      'process.platform': JSON.stringify(SYSTEMS[system]),
      'process.arch': JSON.stringify(arch),
      'globalThis.STEAD_PACKED': JSON.stringify(facts),
      'import.meta.url': 'steadFileUrl',
      'import.meta.filename': 'process.execPath',
      'import.meta.dirname': 'steadDirectory',
      __filename: 'process.execPath',
      __dirname: 'steadDirectory',
    },
    absWorkingDir: STEAD_ROOT,
  }
}

interface Built {
  readonly code: string
  readonly inputs: readonly string[]
  readonly notes: readonly string[]
}

async function build(spec: PackSpec, asked: BuildOptions): Promise<Built> {
  const esbuild = await optionalPackage<typeof import('esbuild')>('esbuild', 'to bundle a program')
  try {
    const result = await esbuild.build(asked)
    const code = result.outputFiles?.[0]?.text ?? ''
    return {
      code: inFunction(code),
      inputs: inputsOf(result.metafile),
      notes: result.warnings.filter(isOfProgram).map(placed),
    }
  } catch (error) {
    const { errors } = error as Partial<BuildFailure>
    if (errors === undefined) throw error
    const problems = errors.map(placed)
    throw new SteadError('PACK_ENTRY_INVALID', { entry: spec.entry, problems }, { cause: error })
  }
}

/** A main script has no `import.meta` and no `await` at its top. What fails in it fails the process. */
function inFunction(code: string): string {
  return `"use strict";(async()=>{const steadFileUrl=require("node:url").pathToFileURL(process.execPath).href,steadDirectory=require("node:path").dirname(process.execPath);
${code}})();
`
}

function inputsOf(metafile: Metafile | undefined): readonly string[] {
  const [output] = Object.values(metafile?.outputs ?? {})
  return Object.entries(output?.inputs ?? {})
    .filter(([path, { bytesInOutput }]) => bytesInOutput > 0 && !/^[a-z-]{3,}:/.test(path))
    .map(([path]) => join(STEAD_ROOT, path))
    .sort()
}

function isOfProgram({ location }: Message): boolean {
  return location?.file.startsWith('..') === true && !location.file.includes('node_modules')
}

function placed({ text, location }: Message): string {
  if (location === null) return text
  const path = join(STEAD_ROOT, location.file)
  return `${path}:${location.line}:${location.column + 1}: ${text}`
}
