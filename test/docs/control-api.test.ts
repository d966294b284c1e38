import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { ROUTES } from '../../src/control/routes.ts'
import { decodeCall } from '../../src/control/supervisor/decode-call.ts'
import { errorTable } from '../../src/errors.ts'

const page = readFileSync(
  resolve(fileURLToPath(import.meta.url), '../../../docs/reference/control-api.md'),
  'utf8',
)
const sections = new Map(
  page
    .split(/^### /m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf('\n')), section] as const),
)

describe('control-api.md', () => {
  test('has a section for each route, and for no other', () => {
    expect([...sections.keys()]).toEqual(ROUTES.map(({ method, path }) => `${method} ${path}`))
  })

  test.each(ROUTES.map(({ method, path }) => [method, path] as const))(
    '%s %s: has an example for curl that asks for it',
    (method, path) => {
      const examples = [...(sections.get(`${method} ${path}`) ?? '').matchAll(/^curl .*$/gm)]
      expect(examples).not.toEqual([])
      const pattern = new RegExp(
        `http://stead${path.replace(/\b(?:ID|VERB|PROCESS|STREAM|NUMBER)\b/g, '[a-z@0-9]+')}(['? ]|$)`,
      )
      for (const [example] of examples) {
        expect(example).toMatch(pattern)
        expect(example.includes('-X POST')).toBe(method === 'POST')
        const body = /-d '(.*)'$/.exec(example)?.[1]
        if (body?.startsWith('{')) JSON.parse(body)
        else if (body !== undefined) decodeCall(body)
      }
    },
  )

  test('names errors that there are', () => {
    const named = [...page.matchAll(/`([A-Z]+_[A-Z_]+)`/g)].map(([, code]) => code as string)
    const others = ['SO_PEERCRED']
    expect(named.filter((code) => !(code in errorTable) && !others.includes(code))).toEqual([])
  })
})
