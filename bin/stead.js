#!/usr/bin/env node
// Plain JavaScript of old, so that a node that is too old still gets to the message.
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(`stead needs Node 22.18 or newer; this is ${process.version}\n`)
  process.exit(1)
}

const { source } = await import('./caches.js')
const entry =
  source === null ? new URL('../cli/main.js', import.meta.url) : new URL('./cli/main.ts', source)
const { main } = await import(entry.href)
await main(process.argv.slice(2))
