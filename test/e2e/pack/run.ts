/**
 * `npm run e2e:pack`: what `stead pack` makes, installed, used and removed: packages in a real systemd in a
 * container, installers in Wine. Ends with a line of counts.
 * What follows is passed on to vitest: `npm run e2e:pack -- deb`.
 */
import { runVitestSuite } from '../../setup/vitest-suite.ts'

await runVitestSuite('test/e2e/pack')
