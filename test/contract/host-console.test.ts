import { hostContract } from './host.ts'
import { NO_INTERROGATION, runAsProcess } from './host-process.ts'

hostContract('the console', {
  skip: { 'S03 an interrogation': NO_INTERROGATION },
  run: async (args) =>
    runAsProcess({
      args,
      states: (output) =>
        [...output.matchAll(/^[\d:.]{12} (\w+) story\b/gm)].map(([, state]) => state as string),
    }),
})
