import { after } from './harness.ts'
import { runKeysSetup } from './run-keys.setup.ts'
import { serviceManagerContract } from './service-manager.ts'

const { setup, close } = runKeysSetup()

serviceManagerContract('at logon, on a fake registry and real guards', setup)
after(close)
