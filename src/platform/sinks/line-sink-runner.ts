import { type LogSink, type SinkFact, sinkName } from '../../model/log-sink.ts'
import { delivery } from '../../sinks/delivery.ts'
import { lineQueue } from '../../sinks/line-queue.ts'
import type { LineRecord, RecordSource } from '../../sinks/line-record.ts'
import { lineSource } from '../../sinks/line-source.ts'
import type { Variables } from './http-headers.ts'
import { runDelivery } from './run-delivery.ts'
import { batchingFor, type SinkTransport, sinkTransport } from './sink-transport.ts'

/** Milliseconds between two times that it is told that a sink is down or back. */
const TURNS_APART = 3_000

/** A sink that is at work, for all channels that have it. */
export interface RunningSink {
  push(records: readonly LineRecord[]): void
  /** Counts lines that were lost before they came here. */
  lose(source: RecordSource, lines: number, bytes: number): void
  facts(): SinkFact
  /** Tells what waits, for so long at most, and lets go of the sink. */
  close(within: number): Promise<void>
}

/** @param turned is called when it goes down, and when it is back */
export function runSink(
  sink: LogSink,
  variables: Variables,
  turned: (fact: SinkFact) => void,
): RunningSink {
  const queue = lineQueue({ bytes: sink.buffer, lines: sink.lines })
  const machine = delivery(lineSource(queue, batchingFor(sink), Date.now), Math.random)
  let transport: Promise<SinkTransport> | null = null
  let told: SinkFact['state'] = 'up'
  let toldAt = Number.NEGATIVE_INFINITY
  let later: NodeJS.Timeout | null = null

  const run = runDelivery({
    delivery: machine,
    async send(batch, signal) {
      transport ??= sinkTransport(sink, variables)
      try {
        return await (await transport).send(batch, signal)
      } catch (error) {
        // What could not be made ready is made anew at the next attempt.
        await transport.then(
          (made) => made.close(),
          () => {},
        )
        transport = null
        throw error
      }
    },
    changed: tellTurn,
  })

  /** At once, but where it turns again and again not more often than people can read. */
  function tellTurn(): void {
    const { state } = machine.facts
    if (state === told || state === 'idle' || later !== null) return
    const wait = toldAt + TURNS_APART - performance.now()
    if (wait > 0) {
      later = setTimeout(() => {
        later = null
        tellTurn()
      }, wait).unref()
      return
    }
    told = state
    toldAt = performance.now()
    turned(facts())
  }

  function facts(): SinkFact {
    const { state, trouble } = machine.facts
    return { sink: sinkName(sink), state, ...queue.counts, waiting: queue.waiting(), trouble }
  }

  return {
    push(records) {
      const now = Date.now()
      for (const record of records) queue.push(record, now)
      run.kick()
    },
    lose(source, lines, bytes) {
      queue.lose(source, lines, bytes, Date.now())
      run.kick()
    },
    facts,
    async close(within) {
      await run.flush(within)
      run.close()
      clearTimeout(later ?? undefined)
      await transport?.then(
        (made) => made.close(),
        () => {},
      )
    },
  }
}
