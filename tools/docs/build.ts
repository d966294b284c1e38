/** `npm run docs`: writes the generated pages. A test fails while one of them is out of step. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PAGES } from './pages.ts'

const root = resolve(fileURLToPath(import.meta.url), '../../..')
for (const [path, write] of Object.entries(PAGES)) {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), write())
  console.log(path)
}
