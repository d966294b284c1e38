/**
 * `npm run fuzz`: random lives of a guard, and random configurations of all kinds, by seeds; each failure names
 * its own (`STEAD_SEED=N` plays that one alone). Ends with a line of counts.
 */
import { runVitestSuite } from '../setup/vitest-suite.ts'

await runVitestSuite('test/fuzz')
