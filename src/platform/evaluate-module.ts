import { spawn } from 'node:child_process'
import { pathToFileURL } from 'node:url'
import { SteadError } from '../errors.ts'

/** A configuration that computes for longer, or says more, is none. */
const LONGEST = 10_000
const MAX_TEXT = 1024 * 1024

/** What it exports goes to descriptor 3: what it prints is its own affair. */
const PROGRAM = `const { exit } = process
import(process.argv[1]).then((module) => {
  require('node:fs').writeFileSync(3, JSON.stringify(module.default ?? module))
  exit(0)
}).catch((error) => { process.stderr.write(String(error?.stack ?? error)); exit(1) })`

/**
 * What a module of JavaScript exports, as JSON. The module is run, in a process of its own, with the rights
 * and the environment of the caller, in `cwd`.
 *
 * @throws FOREIGN_INVALID where it fails, takes too long or exports nothing
 */
export async function evaluateModule(path: string, cwd: string): Promise<string> {
  const child = spawn(process.execPath, ['-e', PROGRAM, pathToFileURL(path).href], {
    cwd,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    timeout: LONGEST,
    killSignal: 'SIGKILL',
  })
  const ended = new Promise<string>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      resolve(code === 0 ? '' : `it ended with ${signal ?? `code ${code}`}`)
    })
  })
  const [, , stderr, made] = child.stdio
  const said = gather(stderr as NodeJS.ReadableStream)
  const exported = gather(made as NodeJS.ReadableStream, () => child.kill('SIGKILL'))
  const how = await ended
  // A process that it left behind may hold the descriptor; what was written is there already.
  await Promise.race([exported.ended, new Promise((resolve) => setTimeout(resolve, 500).unref())])
  const text = exported.text()
  const problem = how !== '' ? how : text === '' ? 'it exports nothing' : null
  if (problem === null) return text
  const why = said.text().trim().split('\n').slice(0, 4).join(' | ').slice(0, 600)
  const problems = [`${path}: ${problem}${why === '' ? '' : `: ${why}`}`]
  throw new SteadError('FOREIGN_INVALID', { source: path, problems })
}

function gather(
  stream: NodeJS.ReadableStream,
  tooMuch: () => void = () => {},
): { text: () => string; ended: Promise<unknown> } {
  let text = ''
  stream.setEncoding('utf8')
  stream.on('data', (chunk: string) => {
    if (text.length <= MAX_TEXT) text += chunk
    else tooMuch()
  })
  const ended = new Promise((resolve) => stream.once('close', resolve))
  return { text: () => text, ended }
}
