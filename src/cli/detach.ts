/** `up -d`: the guard in a process of its own, that lives on when the command has ended. */

import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SteadError } from '../errors.ts'
import { packed } from '../platform/packed/facts.ts'
import { partFlag } from '../platform/packed/parts.ts'
import { guardHome, inOwnHome } from './compose-guard-home.ts'
import { composeDirectories } from './compose-system.ts'
import type { Output } from './output.ts'
import type { UpOptions } from './verbs/up.ts'

/** Descriptor on which a guard says that it answers. */
export const READY_DESCRIPTOR = 3
/** A guard that has said nothing by then is told as failed, and ended. */
const PATIENCE = 60_000

/** Starts the guard and waits until it answers on its socket. */
export async function startInBackground(
  file: string,
  options: UpOptions,
  output: Output,
): Promise<number> {
  const home = guardHome(options)
  const log = join(home.logs, 'guard.log')
  const { prepareHome } = await composeDirectories()
  const sink = inOwnHome(home.logs, () => {
    prepareHome(home)
    mkdirSync(home.logs, { recursive: true, mode: 0o750 })
    return openSync(log, 'a', 0o640)
  })
  const stead = packed() === null ? (process.argv[1] as string) : partFlag('stead')
  const args = [stead, 'up', '-f', file]
  if (options.scope !== undefined) args.push('--scope', options.scope)
  if (options.home !== undefined) args.push('--home', options.home)
  const { requireSignature } = options
  if (requireSignature !== undefined) args.push('--require-signature', requireSignature)
  if (options.allowWritable === true) args.push('--allow-writable')
  for (const profile of options.profile ?? []) args.push('--profile', profile)
  for (const setting of options.set ?? []) args.push('--set', setting)
  if (options.remote !== undefined) args.push('--remote', options.remote)
  const before = readFileSync(log).length
  const child = spawn(process.execPath, [...process.execArgv, ...args], {
    detached: true,
    stdio: ['ignore', sink, sink, 'pipe'],
    env: { ...process.env, STEAD_READY_FD: String(READY_DESCRIPTOR) },
  })
  closeSync(sink)
  const ready = child.stdio[READY_DESCRIPTOR]
  const outcome = new Promise<string | null>((resolve) => {
    ready?.once('data', () => {
      resolve(null)
    })
    child.once('error', (error) => {
      resolve(error.message)
    })
    child.once('exit', (code, signal) => {
      resolve(`it ended with ${signal ?? `code ${code}`}`)
    })
    setTimeout(() => {
      child.kill('SIGTERM')
      resolve(`it did not answer within ${PATIENCE / 1000} s`)
    }, PATIENCE).unref()
  })
  const problem = await output.progress('starting the guard', outcome)
  child.unref()
  ;(ready as { destroy?: () => void } | null)?.destroy?.()
  if (problem === null) {
    output.done(`the guard runs in the background (pid ${child.pid}); see: stead status`)
    return 0
  }
  const told = readFileSync(log).subarray(before).toString('utf8').trim().split('\n').slice(-5)
  const reason = [problem, ...told].filter((line) => line !== '').join(': ')
  throw new SteadError('GUARD_FAILED', { file, reason, log })
}
