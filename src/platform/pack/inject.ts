import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { SteadError } from '../../errors.ts'
import { SEA_FUSE } from './runtimes.ts'

/** Under this name Node looks for what is inside of it (src/node_sea.cc). */
export const SEA_RESOURCE = 'NODE_SEA_BLOB'

/** Longest time for one executable, in milliseconds. */
const PATIENCE = 300_000

/**
 * Puts a blob into an ELF or Mach-O executable, in place. postject is run as a process of its own: it takes
 * a gigabyte, and prints what it finds odd in the runtime.
 *
 * @param path of the executable
 * @param blob path of the blob
 * @throws PACK_PACKAGE_MISSING, PACK_TOOL_FAILED
 */
export async function injectBlob(path: string, blob: string): Promise<void> {
  const options = ['--sentinel-fuse', SEA_FUSE, '--macho-segment-name', 'NODE_SEA']
  const words = [postject(), path, SEA_RESOURCE, blob, ...options]
  const child = spawn(process.execPath, words, {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: PATIENCE,
    killSignal: 'SIGKILL',
    windowsHide: true,
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk
    })
  const how = await new Promise<string | null>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', (code, signal) =>
      resolve(code === 0 ? null : `${signal ?? `code ${code}`}`),
    )
  })
  if (how === null) return
  const lines = said
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('warning:'))
  const reason = `it ended with ${how}\n${lines.join('\n')}`
  throw new SteadError('PACK_TOOL_FAILED', { tool: 'postject', product: path, reason })
}

function postject(): string {
  try {
    const main = createRequire(import.meta.url).resolve('postject')
    return join(dirname(main), 'cli.js')
  } catch (cause) {
    const needed = 'to make executables for Linux and macOS'
    throw new SteadError('PACK_PACKAGE_MISSING', { name: 'postject', needed }, { cause })
  }
}

/** Has a Node look for what is inside of it: `:0` behind the fuse becomes `:1`. */
export function lightFuse(executable: Buffer): void {
  const at = executable.indexOf(`${SEA_FUSE}:0`)
  const again = executable.indexOf(`${SEA_FUSE}:0`, at + 1)
  if (at === -1 || again !== -1)
    throw new SteadError('PACK_TOOL_FAILED', {
      tool: 'stead',
      product: 'the executable',
      reason: 'the runtime has no fuse for single executables, or more than one',
    })
  executable[at + SEA_FUSE.length + 1] = 0x31
}
