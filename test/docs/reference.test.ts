import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { parseSpec } from '../../src/config/parse-spec.ts'
import { parseServiceFile } from '../../src/config/service-file.ts'
import { specSchema } from '../../src/config/spec-schema.ts'
import { errorTable } from '../../src/errors.ts'
import { SPEC_DEFAULTS } from '../../src/model/service-spec.ts'
import { PAGES } from '../../tools/docs/pages.ts'

const root = resolve(fileURLToPath(import.meta.url), '../../..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

describe('the reference', () => {
  test.each(Object.keys(PAGES))('%s is what "npm run docs" writes', (path) => {
    expect(read(path)).toBe(PAGES[path]?.())
  })

  test('errors.md has a section for each code, and for no other', () => {
    const sections = [...read('docs/reference/errors.md').matchAll(/^## (.*)$/gm)].map((m) => m[1])
    expect(sections).toEqual(Object.keys(errorTable).sort())
  })

  test('no error speaks of something undefined', () => {
    expect(read('docs/reference/errors.md')).not.toMatch(/undefined|\[object|NaN/)
  })
})

describe('service-file.md', () => {
  const page = read('docs/reference/service-file.md')
  const examples = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map((match) => match[1] as string)

  test('has a section for each setting, and for no other', () => {
    const sections = [...page.matchAll(/^### (.*)$/gm)].map((match) => match[1])
    expect(sections.sort()).toEqual(Object.keys(specSchema.shape).sort())
  })

  test('has examples that are taken as they stand, or as a setting of a service', () => {
    expect(examples.length).toBeGreaterThan(Object.keys(specSchema.shape).length)
    for (const example of examples) {
      const value = parse(example) as Record<string, unknown>
      if ('name' in value && 'command' in value) parseServiceFile('example.yaml', example)
      else parseSpec({ name: 'example', command: ['/bin/true'], ...value }, 'example')
    }
  })

  test('names the defaults that the code has', () => {
    const bare = parseSpec({ name: 'example', command: ['/bin/true'] }, 'example')
    expect(bare).toEqual({ ...SPEC_DEFAULTS, name: 'example', file: '/bin/true', args: [] })
    const spoken = examples
      .filter((example) => example.includes('# the default'))
      .map((example) => parse(example) as Record<string, unknown>)
    expect(spoken.length).toBeGreaterThan(5)
    for (const settings of spoken) {
      expect(parseSpec({ name: 'example', command: ['/bin/true'], ...settings }, 'x')).toEqual(bare)
    }
  })
})
