import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = resolve(fileURLToPath(import.meta.url), '../../../..')
export const STEAD: readonly string[] = [process.execPath, `${ROOT}/bin/stead.js`]
export const PROGRAMS = `${ROOT}/test/fixtures/programs`
/** Debian's own: another one in PATH may be a wrapper. */
export const PYTHON = '/usr/bin/python3'

export interface Answer {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A small environment, the same wherever the tests run. */
export function plainEnvironment(more: Readonly<Record<string, string>> = {}) {
  const { PATH = '', HOME = '/', TMPDIR } = process.env
  return { PATH, HOME, LANG: 'C.UTF-8', ...(TMPDIR === undefined ? {} : { TMPDIR }), ...more }
}

/** Runs a command to its end. */
export function run(
  [file, ...args]: readonly string[],
  options: { readonly cwd: string; readonly deadline?: number; readonly input?: string },
): Promise<Answer> {
  const { cwd, deadline = 120_000, input } = options
  return new Promise((done, fail) => {
    const child = spawn(file as string, args, {
      cwd,
      env: plainEnvironment(),
      timeout: deadline,
      killSignal: 'SIGKILL',
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    child.stdin.on('error', () => {})
    child.stdin.end(input)
    child.once('error', fail)
    child.once('close', (code) => done({ code, stdout, stderr }))
  })
}
