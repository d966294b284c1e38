import { spawn } from 'node:child_process'
import { SteadError } from '../../errors.ts'

/**
 * Runs a hook to its end, in the directory of the pack file. What it prints goes to standard error: standard
 * output is for the answer.
 *
 * @throws PACK_HOOK_FAILED
 */
export async function runHook(
  [file = '', ...args]: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const child = spawn(file, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 2, 2],
    windowsHide: true,
  })
  const reason = await new Promise<string | null>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', (code, signal) =>
      resolve(code === 0 ? null : `it ended with ${signal ?? `code ${code}`}`),
    )
  })
  if (reason !== null)
    throw new SteadError('PACK_HOOK_FAILED', { command: [file, ...args].join(' '), reason })
}
