import { spawn } from 'node:child_process'

/**
 * Has another program do what this one was asked for, in the same terminal.
 *
 * @returns its exit code; 1 where a signal has ended it
 * @throws what the system says where it cannot be started
 */
export async function runInstead(file: string, args: readonly string[]): Promise<number> {
  const child = spawn(file, args, { stdio: 'inherit', windowsHide: true })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? 1))
  })
}
