import { after } from '../../contract/harness.ts'
import { realLaunchdSetup } from '../../contract/launchd.setup.ts'
import { serviceManagerContract } from '../../contract/service-manager.ts'

const { setup, close } = realLaunchdSetup('system')

serviceManagerContract('launchd daemons, on this Mac', setup)
after(close)
