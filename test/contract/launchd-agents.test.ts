import { after } from './harness.ts'
import { launchdSetup } from './launchd-fake.setup.ts'
import { serviceManagerContract } from './service-manager.ts'

const { setup, close } = launchdSetup('user', ['gui/501', 'user/501'])

serviceManagerContract('launchd agents, on a fake launchd', setup)
after(close)
