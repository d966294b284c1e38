import { after } from '../../contract/harness.ts'
import { serviceManagerContract } from '../../contract/service-manager.ts'
import { wineScmSetup } from './scm-manager.setup.ts'

const setup = wineScmSetup()
after(() => setup.dispose())

serviceManagerContract('the Service Control Manager of Wine', setup)
