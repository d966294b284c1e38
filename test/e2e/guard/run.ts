/**
 * `npm run e2e:guard`: the guard on real programs, driven by the command line as people do. Each test
 * has a home directory of its own, and checks that nothing is left of it. Ends with a line of counts.
 * What follows is passed on to vitest: `npm run e2e:guard -- keep`.
 */
import { runVitestSuite } from '../../setup/vitest-suite.ts'

await runVitestSuite('test/e2e/guard')
