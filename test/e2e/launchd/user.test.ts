import { after } from '../../contract/harness.ts'
import { realLaunchdSetup } from '../../contract/launchd.setup.ts'
import { serviceManagerContract } from '../../contract/service-manager.ts'

const { setup, close } = realLaunchdSetup('user')

serviceManagerContract('launchd agents, on this Mac', setup)
after(close)
