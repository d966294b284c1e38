import { after } from './harness.ts'
import { launchdSetup } from './launchd.setup.ts'
import { serviceManagerContract } from './service-manager.ts'

const { setup, close } = launchdSetup('system', ['system'])

serviceManagerContract('launchd daemons, on a fake launchd', setup)
after(close)
