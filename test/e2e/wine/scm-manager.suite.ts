import { after } from '../../contract/harness.ts'
import { serviceManagerContract } from '../../contract/service-manager.ts'
import { realScmSetup } from './scm-manager.setup.ts'

const setup = realScmSetup()
after(() => setup.dispose())

serviceManagerContract('a real Service Control Manager', setup)
