/** Tells what a forked child and a thread of its own see of the preload, then serves nobody. */
import { fork } from 'node:child_process'
import { writeFileSync } from 'node:fs'

if (process.argv[2] === 'child') {
  process.send?.(process.execArgv)
  process.disconnect()
} else {
  const child = fork(import.meta.filename, ['child'])
  child.once('message', (execArgv) => {
    writeFileSync(process.argv[2] as string, JSON.stringify(execArgv))
    process.exit(3)
  })
}
