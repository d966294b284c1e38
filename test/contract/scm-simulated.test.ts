import { simulatedScmSetup } from './scm-simulated.setup.ts'
import { serviceManagerContract } from './service-manager.ts'

serviceManagerContract('the SCM, simulated', simulatedScmSetup())
