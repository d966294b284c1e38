import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'

/** What npm said at its end: the lines of its errors, or everything where it named none. */
export interface NpmEnd {
  /** Null where a signal ended it, or it could not be started. */
  readonly code: number | null
  readonly said: string
}

/** Runs npm with words, in a directory. */
export type RunNpm = (words: readonly string[], cwd: string) => Promise<NpmEnd>

/** Longest time for one package, in milliseconds. */
const PATIENCE = 600_000
/** Lines of npm's own errors; the last ones name where its log is. */
const LINES = 4

/**
 * The user's npm: which registry it asks, through which proxy and by whose name is its settings alone.
 * The one that has started this process is taken first, then that of the PATH.
 */
export function npmClient(env: Readonly<Record<string, string | undefined>>): RunNpm {
  const [file, ...before] = command(env)
  return (words, cwd) =>
    new Promise((resolve) => {
      const child = spawn(file, [...before, ...words], {
        cwd,
        // `npm run --silent` has its silence inherited, and what npm says is wanted here.
        env: { ...env, npm_config_loglevel: 'error' },
        stdio: ['ignore', 'ignore', 'pipe'],
        timeout: PATIENCE,
        windowsHide: true,
      })
      let text = ''
      child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      child.once('error', (error) => resolve({ code: null, said: `npm: ${error.message}` }))
      child.once('close', (code) => resolve({ code, said: errorLines(text) }))
    })
}

function command(
  env: Readonly<Record<string, string | undefined>>,
): readonly [string, ...string[]] {
  const { npm_execpath: running } = env
  if (running?.endsWith('npm-cli.js') === true) return [process.execPath, running]
  if (process.platform !== 'win32') return ['npm']
  // npm.cmd is for a shell; the script that it starts lies beside node.
  return [process.execPath, join(dirname(process.execPath), 'node_modules/npm/bin/npm-cli.js')]
}

function errorLines(text: string): string {
  const lines = text.split('\n').map((line) => line.trim())
  const errors = lines.filter((line) => /^npm (error|ERR!)/.test(line))
  const telling = (errors.length > 0 ? errors : lines)
    .map((line) => line.replace(/^npm (error|ERR!)\s*/, ''))
    .filter((line) => line !== '' && !/complete log|debug-0\.log/.test(line))
  return telling.slice(0, LINES).join('; ') || 'npm said nothing'
}
