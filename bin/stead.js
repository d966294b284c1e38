#!/usr/bin/env node
// Plain JavaScript of old, so that a node that is too old still gets to the message.
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(`stead needs Node 22.18 or newer; this is ${process.version}\n`)
  process.exit(1)
}

const { existsSync } = await import('node:fs')
await import('./caches.js')
// The published package has compiled JavaScript beside this file, a checkout has src/.
const source = new URL('../src/', import.meta.url)
const entry = existsSync(source)
  ? new URL('./cli/main.ts', source)
  : new URL('../cli/main.js', import.meta.url)
const { main } = await import(entry.href)
await main(process.argv.slice(2))
