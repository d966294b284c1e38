import { fileURLToPath } from 'node:url'
import { hostContract } from './host.ts'
import { NO_INTERROGATION, runAsProcess } from './host-process.ts'

const asChildOfLaunchd = fileURLToPath(
  new URL('../fixtures/programs/as-child-of-launchd.mjs', import.meta.url),
)

hostContract('launchd, which only a Mac has: the environment and the signals are its', {
  skip: { 'S03 an interrogation': NO_INTERROGATION },
  run: async (args) =>
    runAsProcess({
      args,
      env: { STEAD_SERVICE: 'story', XPC_SERVICE_NAME: 'story' },
      nodeOptions: ['--import', asChildOfLaunchd],
      states: (output) =>
        [...output.matchAll(/^\S+Z <5> (\w+)$/gm)].map(([, state]) => state as string),
    }),
})
