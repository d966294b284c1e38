import { boundNewSpace } from '../../platform/small-heap.ts'
import { findGuardFile, type LayerOptions } from '../compose-guard-home.ts'
import { type CommonOptions, runVerb } from '../context.ts'
import type { Output } from '../output.ts'

export interface UpOptions extends CommonOptions, LayerOptions {
  readonly file?: string
  readonly detach?: boolean
  readonly requireSignature?: string
  readonly allowWritable?: boolean
}

/** `up`: a guard over the services of a stead.yaml, here or in the background. */
export function up(options: UpOptions): Promise<number> {
  return runVerb(options, async (output) => {
    const file = findGuardFile(options.file)
    if (options.detach) {
      const { startInBackground } = await import('../detach.ts')
      return startInBackground(file, options, output)
    }
    boundNewSpace()
    const { composeGuard } = await import('../compose-guard.ts')
    const { fileSource } = await import('../compose-guard-source.ts')
    return stay(await composeGuard(fileSource(file, options)), output)
  })
}

type Composed = Awaited<ReturnType<typeof import('../compose-guard.ts').composeGuard>>

/** Runs until it is told to end, or all its jobs are done. Exit code 1 where something failed for good. */
async function stay(composed: Composed, output: Output): Promise<number> {
  const { eventText } = await import('../../model/event-text.ts')
  const { guard, signals, orders, facts } = composed
  const off = composed.onEvent((event) => {
    if (output.json) output.line(JSON.stringify(event))
    else {
      const text = eventText(event)
      if (text !== null) output.done(`${event.at.slice(11, 23)} ${text}`)
    }
  })
  let asked = 0
  const end = (): void => {
    asked += 1
    if (asked === 1) {
      output.done(`stopping everything; once more to kill what is left`)
      void composed.own.shutdown({ keep: false }, composed.self)
    } else guard.force()
  }
  const offs = [
    signals.on('SIGINT', composed.once(end)),
    ...orders.end.map((signal) => signals.on(signal, end)),
    ...orders.apply.map((signal) =>
      signals.on(signal, () => {
        composed.own.apply({ text: null, dryRun: false }, composed.self).catch((error: unknown) => {
          output.error(error)
        })
      }),
    ),
  ]
  try {
    await composed.start()
  } catch (error) {
    for (const stop of [...offs, off]) stop()
    await composed.abandon()
    throw error
  }
  if (!output.json) {
    output.done(`guard of ${facts.project} (pid ${facts.pid}); in another terminal: stead status`)
  }
  const { failed, kept } = await guard.ended
  for (const stop of [...offs, off]) stop()
  await composed.close()
  if (kept) return 0
  if (failed.length > 0) output.done(`failed for good: ${failed.join(', ')}`)
  return failed.length === 0 ? 0 : 1
}
