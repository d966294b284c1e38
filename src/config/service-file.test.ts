import { expect, test } from 'vitest'
import { isSteadError } from '../errors.ts'
import { parseServiceFile } from './service-file.ts'

function problemsOf(text: string): readonly string[] {
  try {
    parseServiceFile('web.yaml', text)
  } catch (error) {
    if (isSteadError(error, 'SPEC_INVALID')) return error.params.problems
    throw error
  }
  return []
}

test('a file is one service', () => {
  const spec = parseServiceFile('web.yaml', 'name: web\ncommand: /bin/server --port 8080\n')
  expect(spec).toMatchObject({ name: 'web', file: '/bin/server', args: ['--port', '8080'] })
})

test.each([
  ['w', '{"name":"web","command":["/bin/x","-v"]}'],
  ['w.json', '{"name":"web","command":["/bin/x","-v"]}'],
  ['w.jsonc', '{\n  "name": "web", // ours\n  "command": ["/bin/x", "-v",],\n}\n'],
  ['w.toml', 'name = "web" # ours\ncommand = ["/bin/x", "-v"]\n'],
])('%s is read as what its name says', (path, text) => {
  expect(parseServiceFile(path, text)).toMatchObject({ name: 'web', file: '/bin/x', args: ['-v'] })
})

test('a problem is told with file, line, column and the line', () => {
  const text = 'name: web\ncommand: /bin/x\nlimits:\n  memory: lots\n'
  expect(problemsOf(text)).toEqual([
    'web.yaml:4:11: limits.memory: "lots" is not a size such as "512M", of 4K at least (memory: lots)',
  ])
})

test('a setting that is not known is told where its name stands', () => {
  const [problem] = problemsOf('name: web\ncommand: /bin/x\nrestrat: no\n')
  expect(problem).toMatch(/^web\.yaml:3:\d+: restrat: .*did you mean restart\?/)
})

test.each([
  ['name: web\n  command: x', /^web\.yaml:\d+:\d+: /],
  ['name: "web', /^web\.yaml:\d+:\d+: /],
  ['name: a\nname: b\ncommand: /x', /^web\.yaml:2:1: .*second time/],
  ['', /empty/],
  ['# nothing\n', /empty/],
  ['- name: a\n', /the description/],
  ['name: a\ncommand: /x\n---\nname: b\n', /document/],
  ['name: !!js/function x\ncommand: /x', /tag|unresolved/i],
  ['x'.repeat(1_000_001), /at most 1000000/],
])('%j is refused', (text, expected) => {
  expect(problemsOf(text).join('\n')).toMatch(expected)
})

test('a file of aliases upon aliases ends quickly and as an error', () => {
  const rows = ['a0: &a0 [x,x,x,x,x,x,x,x,x]']
  for (let i = 1; i < 10; i += 1) {
    const last = `*a${i - 1}`
    rows.push(`a${i}: &a${i} [${Array(9).fill(last).join(',')}]`)
  }
  expect(problemsOf(rows.join('\n')).join()).toMatch(/alias/)
})
