import { type LogSink, type SinkFact, sinkName } from '../../model/log-sink.ts'
import { delivery } from '../../sinks/delivery.ts'
import { lineQueue } from '../../sinks/line-queue.ts'
import type { LineRecord, RecordSource } from '../../sinks/line-record.ts'
import { lineSource } from '../../sinks/line-source.ts'
import type { Variables } from './http-headers.ts'
import { runDelivery } from './run-delivery.ts'
import { batchingFor, type SinkTransport, sinkTransport } from './sink-transport.ts'
import { turnTeller } from './turn-teller.ts'

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
  const turn = turnTeller(
    () => machine.facts.state,
    () => turned(facts()),
  )

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
    changed: turn.look,
  })

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
      turn.close()
      await transport?.then(
        (made) => made.close(),
        () => {},
      )
    },
  }
}
