import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { SteadError } from '../../errors.ts'
import { stableCodeCache } from './code-cache.ts'

export interface BlobAsked {
  /** Node of this machine, of the version that the executable has; absolute. */
  readonly node: string
  /** Code of the main script. */
  readonly main: string
  readonly assets: Readonly<Record<string, string | Uint8Array>>
  /** Compiled code beside the text; only where the executable is for this system and processor. */
  readonly codeCache: boolean
  /** An empty directory to work in. */
  readonly room: string
}

/** Longest time to make a blob, in milliseconds. */
const PATIENCE = 120_000

/**
 * What is injected into a runtime: nodejs.org, "Single executable applications". The names in it are
 * relative, so that the bytes do not depend on where it was made.
 *
 * @returns its path
 * @throws PACK_TOOL_FAILED
 */
export async function seaBlob({ node, main, assets, codeCache, room }: BlobAsked): Promise<string> {
  const paths: Record<string, string> = {}
  for (const [name, content] of Object.entries(assets)) {
    paths[name] = `assets/${name}`
    await mkdir(dirname(join(room, 'assets', name)), { recursive: true })
    await writeFile(join(room, 'assets', name), content)
  }
  await writeFile(join(room, 'main.js'), main)
  const config = {
    main: 'main.js',
    output: 'blob',
    disableExperimentalSEAWarning: true,
    useSnapshot: false,
    useCodeCache: codeCache,
    assets: paths,
  }
  await writeFile(join(room, 'sea.json'), JSON.stringify(config))
  const blob = join(room, 'blob')
  await generate(node, room, [])
  if (!codeCache) return blob
  const plain = await readFile(blob)
  await generate(node, room, ['--hash-seed=1'])
  const text = Buffer.from(main)
  await writeFile(blob, stableCodeCache(await readFile(blob), plain, text))
  return blob
}

async function generate(node: string, room: string, flags: readonly string[]): Promise<void> {
  try {
    await promisify(execFile)(node, [...flags, '--experimental-sea-config', 'sea.json'], {
      cwd: room,
      env: {},
      timeout: PATIENCE,
    })
  } catch (cause) {
    const reason = (cause as { stderr?: string }).stderr?.trim() || (cause as Error).message
    throw new SteadError(
      'PACK_TOOL_FAILED',
      { tool: 'node', product: 'the blob of the executable', reason },
      { cause },
    )
  }
}
