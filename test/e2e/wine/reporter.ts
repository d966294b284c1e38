/** A reporter for node:test that writes one JSON object a line, for {@link file://./run.ts}. */
import type { TestEvent } from 'node:test/reporters'

export interface TestOutcome {
  readonly title: string
  readonly outcome: 'passed' | 'failed' | 'skipped'
  /** The reason of a skip, the error of a failure. */
  readonly detail: string | null
  readonly milliseconds: number
}

export default async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const path: string[] = []
  for await (const event of events) {
    if (event.type === 'test:start') {
      path.length = event.data.nesting
      path.push(event.data.name)
    }
    if (event.type !== 'test:pass' && event.type !== 'test:fail') continue
    const { details, name, nesting, skip } = event.data
    const failed = event.type === 'test:fail'
    const error = failed ? (event.data.details.error as { failureType?: string }) : null
    // A group counts only where it failed by itself, in a hook.
    if (details.type === 'suite' && (!failed || error?.failureType === 'subtestsFailed')) continue
    const outcome: TestOutcome = {
      title: [...path.slice(0, nesting), name].join(' › '),
      outcome: failed ? 'failed' : skip === undefined || skip === false ? 'passed' : 'skipped',
      detail: error === null ? (typeof skip === 'string' ? skip : null) : describeError(error),
      milliseconds: Math.round(details.duration_ms),
    }
    yield `${JSON.stringify(outcome)}\n`
  }
}

function describeError(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)
}
