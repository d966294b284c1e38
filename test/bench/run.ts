/**
 * `npm run bench`: benchmarks against peers, all of one table measured in one run. Nothing here is a
 * test: figures are printed, not judged. `npm run bench -- status` runs one of them.
 */
import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bootContainer, CHECKOUT } from '../e2e/systemd/container.ts'

const root = resolve(fileURLToPath(import.meta.url), '../../..')
const wanted = process.argv.slice(2)
const benches: Readonly<Record<string, () => Promise<void>>> = { status, windows }

for (const [name, bench] of Object.entries(benches)) {
  if (wanted.length === 0 || wanted.includes(name)) await bench()
}

async function status(): Promise<void> {
  must(process.execPath, ['tools/build/build.ts'])
  const container = await bootContainer(root)
  try {
    const node = `${CHECKOUT}/node_modules/.bin/node`
    console.log(container.run([node, `${CHECKOUT}/test/bench/status.ts`]))
  } finally {
    await container.close()
  }
}

async function windows(): Promise<void> {
  must(process.execPath, ['test/bench/windows/run.ts'])
}

function must(file: string, args: readonly string[]): void {
  const { status } = spawnSync(file, args, { cwd: root, stdio: 'inherit' })
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}`)
}
