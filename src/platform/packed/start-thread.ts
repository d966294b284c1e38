import { Worker, type WorkerOptions } from 'node:worker_threads'
import { addonVariables } from './addon-directories.ts'
import { type PackedThread, packed, threadAsset } from './facts.ts'

/**
 * A thread of stead: from its file beside this one's parent, TypeScript in a checkout and JavaScript in
 * the published package, or from the executable that it is packed in.
 */
export function startThread(thread: PackedThread, options: WorkerOptions): Worker {
  if (packed() !== null) {
    const code = process.getBuiltinModule('node:sea').getAsset(threadAsset(thread), 'utf8')
    const env =
      typeof options.env === 'object' ? { ...options.env, ...addonVariables() } : undefined
    return new Worker(code, { ...options, ...(env === undefined ? {} : { env }), eval: true })
  }
  const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  return new Worker(new URL(`../${thread}.${ending}`, import.meta.url), options)
}
