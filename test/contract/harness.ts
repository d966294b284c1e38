/**
 * What contract suites are written against: `describe` and `test` of vitest where vitest runs the
 * file, else of node:test, so that the same suite runs with a bare Windows node (in Wine, and on a
 * Windows runner) where vitest's native parts are not installed. Assertions are node:assert.
 */
/** Milliseconds that a test may take. In Wine a dozen programs start in one, each for seconds on a busy machine. */
const LIMIT = process.env.VITEST === undefined ? 180_000 : 120_000

interface TestOptions {
  /** Milliseconds; default is {@link LIMIT}, which no wait of a test comes near. */
  readonly timeout?: number
  /** A reason; the test is reported as skipped with it. */
  readonly skip?: string | false
}

export type Test = (title: string, options: TestOptions, body: () => Promise<void> | void) => void
export type Hook = (body: () => Promise<void> | void) => void

interface Harness {
  describe(title: string, body: () => void): void
  test: Test
  before: Hook
  after: Hook
}

async function underVitest(): Promise<Harness> {
  const vitest = await import('vitest')
  return {
    describe: (title, body) => void vitest.describe(title, body),
    test: (title, { timeout, skip }, body) =>
      skip
        ? vitest.test.skip(`${title} (skipped: ${skip})`)
        : vitest.test(title, { timeout: timeout ?? LIMIT }, body),
    before: (body) => vitest.beforeAll(body, 120_000),
    after: (body) => vitest.afterAll(body, 120_000),
  }
}

async function underNode(): Promise<Harness> {
  const node = await import('node:test')
  return {
    describe: (title, body) => void node.describe(title, body),
    test: (title, { timeout, skip }, body) =>
      void node.test(title, { timeout: timeout ?? LIMIT, skip: skip || false }, body),
    before: (body) => node.before(body),
    after: (body) => node.after(body),
  }
}

const harness = process.env.VITEST === undefined ? await underNode() : await underVitest()

export const { describe, test, before, after } = harness
