/**
 * The beginning of every executable of `stead pack`. Started by the Service Control Manager it makes
 * contact before any code of the program runs (which is loaded by a dynamic import behind this), and a
 * command line that asks for a part of stead gets that part alone.
 */
import { isatty } from 'node:tty'
import { packed } from '../platform/packed/facts.ts'
import { askedPart, type PackedPart } from '../platform/packed/parts.ts'
import { isSelfVerb } from './self-verbs.ts'

/** @param program loads and runs the program that is packed */
export async function startPacked(program: () => Promise<unknown>): Promise<void> {
  const word = process.argv[2]
  const part = askedPart(word)
  if (part !== null) {
    process.argv.splice(2, 1)
    await runPart(part)
    return
  }
  if (isPerhapsService(word)) await import('./scm-start.ts')
  await program()
}

/** The manager's own word would come too late; a verb, or a terminal, is never its. */
function isPerhapsService(word: string | undefined): boolean {
  if (process.platform !== 'win32' || packed()?.service !== true) return false
  return !isatty(0) && !isSelfVerb(word)
}

async function runPart(part: PackedPart): Promise<void> {
  switch (part) {
    case 'console-messenger':
      await import('../platform/win32/spawn/console-messenger.ts')
      return
    case 'read-spec':
      return (await import('./spec-reader.ts')).answerReading(process.argv[2] ?? '')
    case 'service':
      await import('./scm-start.ts')
      return (await import('./main.ts')).main(process.argv.slice(2))
    case 'stead':
      return (await import('./main.ts')).main(process.argv.slice(2))
  }
}
