import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { type Finding, findBreaches, ROOMS } from './rules.ts'

const src = resolve(dirname(fileURLToPath(import.meta.url)), '../../src')

describe('the import rules', () => {
  test('every file of src/ keeps them', () => {
    const findings = sourceFiles(src).flatMap((path) =>
      findBreaches(relative(src, path), readFileSync(path, 'utf8')),
    )
    expect(findings.map(describeFinding)).toEqual([])
  })

  test('every folder of src/ is a room the rules know', () => {
    const folders = readdirSync(src, { withFileTypes: true }).filter((e) => e.isDirectory())
    expect(folders.map((e) => e.name).filter((name) => !(name in ROOMS))).toEqual([])
  })

  test('no file is longer than 300 lines', () => {
    const long = sourceFiles(src).filter((p) => readFileSync(p, 'utf8').split('\n').length > 301)
    expect(long.map((p) => relative(src, p))).toEqual([])
  })
})

describe('a breach is found:', () => {
  test.each([
    ['model/a.ts', `import { x } from '../config/b.ts'`, 'model may not import config'],
    [
      'model/a.ts',
      `import { readFile } from 'node:fs/promises'`,
      'only platform may import node:fs/promises',
    ],
    [
      'guard/a.ts',
      `const m = await import('node:child_process')`,
      'only platform may import node:child_process',
    ],
    [
      'managers/systemd/a.ts',
      `import { x } from '../scm/b.ts'`,
      'managers/systemd may not import managers/scm',
    ],
    ['hosts/scm/a.ts', `import koffi from 'koffi'`, 'only platform may import koffi'],
    ['service/a.ts', `console.log(1)`, 'console is for cli'],
    ['service/a.ts', `process.exit(1)`, 'process.exit is for cli'],
    ['config/a.ts', `const home = process.env.HOME`, 'process.env is for cli'],
    ['config/a.ts', `if (process.platform === 'win32') {}`, 'process.platform is for platform'],
    ['model/a.ts', `const t = Date.now()`, 'the clock is a port'],
    ['service/a.ts', `export { run } from '../cli/run.ts'`, 'service may not import cli'],
  ])('%s: %s', (path, text, expected) => {
    expect(findBreaches(path, text).map((f) => f.rule)).toContain(expected)
  })

  test('but not in a comment, and not for a type of the platform', () => {
    expect(findBreaches('service/a.ts', '// console.log here\n/* process.exit(1) */')).toEqual([])
  })
})

function sourceFiles(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((e) => e.isFile() && e.name.endsWith('.ts') && !e.name.endsWith('.test.ts'))
    .map((e) => join(e.parentPath, e.name))
}

function describeFinding(finding: Finding): string {
  return `${finding.path}:${finding.line}: ${finding.rule}`
}
