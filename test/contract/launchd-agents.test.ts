import { after } from './harness.ts'
import { launchdSetup } from './launchd.setup.ts'
import { serviceManagerContract } from './service-manager.ts'

const { setup, close } = launchdSetup('user', ['gui/501', 'user/501'])

const SAME = 'how jobs live is asked of daemons: it is the same code and the same fake'

serviceManagerContract('launchd agents, on a fake launchd', {
  ...setup,
  skip: { 'S04 ': SAME, 'S05 ': SAME, 'P09 ': SAME, 'L12 ': SAME },
})
after(close)
