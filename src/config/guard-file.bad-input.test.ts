// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of stead.yaml are written so
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { isSteadError } from '../errors.ts'
import { parseGuardFile } from './guard-file.ts'
import { guardSchema } from './guard-schema.ts'

/** What is wrong with a file, problem by problem. */
function problemsOf(text: string): readonly string[] {
  try {
    parseGuardFile({ path: '/srv/shop/stead.yaml', shownAs: 'stead.yaml', text, env: {} })
  } catch (error) {
    if (isSteadError(error, 'GUARD_FILE_INVALID')) return error.params.problems
    throw error
  }
  return []
}

/** The only problem of a service `web` with these settings, without its excerpt. */
function problemOf(settings: string): string {
  const indented = settings.replace(/^/gm, '    ')
  const problems = problemsOf(`services:\n  web:\n    command: x\n${indented}\n`)
  expect(problems).toHaveLength(1)
  return problems[0]?.split('\n')[0] as string
}

test('a problem is told with its place, its line, a mark under it, and what was meant', () => {
  const text = 'services:\n  web:\n    command: x\n    restrat: always\n'
  expect(problemsOf(text)).toEqual([
    [
      'stead.yaml:4:5: services.web.restrat: there is no such setting; did you mean restart?',
      '  4 |     restrat: always',
      '    |     ^',
    ].join('\n'),
  ])
})

test('problems are told all at once, in the order of the file', () => {
  const problems = problemsOf(`
servcies: {}
services:
  api: { comand: x, nice: 20, umask: 027 }
  db: node
groups: { all: { services: api } }
`).map((problem) => problem.split('\n')[0])
  expect(problems).toEqual([
    'stead.yaml:2:1: servcies: there is no such setting; did you mean services?',
    'stead.yaml:4:3: services.api.command: it is missing',
    'stead.yaml:4:10: services.api.comand: there is no such setting; did you mean command?',
    'stead.yaml:4:27: services.api.nice: 20 is not a whole number from -20 to 19',
    'stead.yaml:4:38: services.api.umask: 27 is not an octal number in quotes such as "027"',
    'stead.yaml:5:7: services.db: it has to be a map, not "node"',
    'stead.yaml:6:28: groups.all.services: it has to be a list, not "api"',
  ])
})

test('more problems than anybody reads are counted', () => {
  const services = Array.from({ length: 1_000 }, (_, i) => `  s${i}: { command: 5 }`)
  const problems = problemsOf(`services:\n${services.join('\n')}`)
  expect(problems).toHaveLength(51)
  expect(problems.at(-1)).toBe('… and 950 more')
})

test.each([
  ['restart: alway', /always, on-failure, no or a map, not "alway"; did you mean always\?/],
  ['restart: { when: onfailure }', /did you mean on-failure\?/],
  ['restart: { when: {} }', /names no code and no signal/],
  ['restart: { when: { codes: [-1] } }', /whole number from 0/],
  ['restart: { when: { signals: [SIGSGEV] } }', /did you mean SIGSEGV\?/],
  ['restart: { when: { signals: [ctrl_c] } }', /no program ends with CTRL_C.*3221225786/],
  ['restart: { when: { signals: [SIGKILL, WM_CLOSE] } }', /no program ends with WM_CLOSE/],
  ['restart: { delay: 1m, maxDelay: 1s }', /less than delay/],
  ['restart: { delay: 500d }', /of a year at most/],
  ['restart: { factor: 0.5 }', /from 1 to 100/],
  ['restart: { jitter: 150% }', /100% at most/],
  ['restart: { limit: 5 }', /a text, not 5|such as "5\/1m"/],
  ['restart: { limit: 0/1m }', /such as "5\/1m"/],
  ['startTimeout: 0', /more than 0/],
  ['startSeconds: -1s', /not a time/],
  ['limits: { memory: 1 }', /4K at least/],
  ['limits: { memory: 2048T }', /not a size/],
  ['limits: { cpu: 0% }', /share of one core/],
  ['limits: { openFiles: 1.5 }', /whole number/],
  ['instances: 0', /from 1 to 1000/],
  ['instances: .inf', /whole number/],
  ['type: daemon', /service or job/],
  ['ready: {}', /needs one of http, tcp, exec, log, notify, descriptor/],
  ['ready: { tcp: 1, log: x }', /has tcp and log; there can be one only/],
  ['ready: { notify: true, every: 1s }', /for http, tcp and exec only/],
  ['ready: { descriptor: 2 }', /from 3 to 255/],
  ['ready: { tcp: 0 }', /port from 1 to 65535/],
  ['ready: { tcp: "localhost" }', /port from 1 to 65535/],
  ['ready: { log: "(" }', /regular expression/],
  ['health: { http: "localhost:80" }', /not an address/],
  ['health: { http: "http://unix:relative:/x" }', /not an address/],
  ['health: { every: 5s }', /needs one of http, tcp, exec/],
  ['health: { htpp: "http://x" }', /did you mean http\?/],
  ['stop: []', /empty/],
  ['stop: SIGTERM', /a list or a map, not "SIGTERM"/],
  ['stop: [{ wait: 1s }]', /either a signal or a command/],
  ['stop: [{ command: x, to: tree }]', /signals only/],
  ['stop: { signal: 15 }', /a text, not 15/],
  ['stop: { signal: SIGTRM }', /no signal "SIGTRM"; did you mean SIGTERM\?/],
  ['reload: {}', /either a signal or a command/],
  ['reload: restrt', /did you mean restart\?/],
  ['restartAt: "61 * * * *"', /not a time of cron \(invalid value for minute: 61\)/],
  ['restartAt: "* * *"', /has 3 fields/],
  ['restartAt: "2030-01-01T00:00:00"', /has 1 fields/],
  ['restartAt: "0 0 30 2 *"', /never comes/],
  ['restartAt: "@dialy"', /not a time of cron/],
  ['log: { severity: { stderr: eror } }', /did you mean error\?/],
  ['log: { format: jsno }', /did you mean json\?/],
  ['log: { rotate: { size: huge } }', /not a size/],
  ['log: { file: "" }', /empty/],
  ['instances: 2\nlog: { file: x.log }', /2 instances would write one file/],
  ['env: { "A B": x }', /not every system takes/],
  ['env: { STEAD_X: x }', /stead’s own/],
  ['env: { A: "\\0" }', /NUL/],
  ['env: { A: }', /A: it has no value/],
  ['envFile:', /envFile: it has no value/],
  ['labels: { "a b": c }', /a label has/],
  ['cwd: ""', /empty/],
  ['user: ""', /empty/],
  ['dependsOn: { web: ready }', /cannot wait for itself/],
  ['dependsOn: [wbe]', /no service wbe; did you mean web\?/],
  ['dependsOn: { web: redy }', /did you mean ready\?/],
  ['__proto__: { nice: 1 }', /no name/],
  ['cwd: "${NOPE}/x"', /:4:10: services\.web\.cwd: the variable NOPE is not set/],
  ['cwd: "${NOPE:-/x}"', /without "-"/],
  ['cwd: "${NOPE"', /not closed/],
  ['cwd: "${}"', /"" is no name of a variable/],
])('%j is refused', (settings, expected) => {
  expect(problemOf(settings)).toMatch(expected)
})

test.each([
  ['healthy', '', /no health check/],
  ['ready', 'type: job', /is a job, which is never ready/],
  ['completed', 'restart: always', /restarted always/],
  ['succeeded', 'restart: always', /restarted always/],
])('nobody can wait for %s of a service with %j', (condition, settings, expected) => {
  const [problem] = problemsOf(
    `services:\n  a: { command: a, dependsOn: { b: ${condition} } }\n  b:\n    command: b\n    ${settings}\n`,
  )
  expect(problem).toMatch(expected)
})

test.each([
  [
    'a circle, the whole of which is named',
    'services: { a: { command: x, dependsOn: [b] }, b: { command: x, dependsOn: [c] }, c: { command: x, dependsOn: [a] } }',
    /circle: a → b → c → a/,
  ],
  [
    'a service that is named twice',
    'services: { a: { command: x, dependsOn: [b, b] }, b: { command: x } }',
    /b is named twice/,
  ],
  [
    'a service in two groups',
    'services: { a: { command: x } }\ngroups: { g: { services: [a] }, h: { services: [a] } }',
    /h\.services\.0: a is in the group g already/,
  ],
  [
    'a service twice in a group',
    'services: { a: { command: x } }\ngroups: { g: { services: [a, a] } }',
    /a is named twice/,
  ],
  [
    'a group of nobody',
    'services: { a: { command: x } }\ngroups: { g: { services: [] } }',
    /empty/,
  ],
  [
    'a group of a service that is not there',
    'services: { api: { command: x } }\ngroups: { g: { services: [aip] } }',
    /did you mean api\?/,
  ],
  [
    'a group named as a service',
    'services: { a: { command: x } }\ngroups: { a: { services: [a] } }',
    /a service has the same name/,
  ],
  [
    'a strategy that is not known',
    'services: { a: { command: x } }\ngroups: { g: { services: [a], strategy: one-for-all } }',
    /did you mean one_for_all\?/,
  ],
  [
    'a group that is waited for',
    'services: { a: { command: x, dependsOn: [g] }, b: { command: x } }\ngroups: { g: { services: [b] } }',
    /g is a group/,
  ],
  [
    'two services with one log',
    'services: { a: { command: x, log: { file: x.log } }, b: { command: x, log: { file: ./x.log } } }',
    /a writes \/srv\/shop\/x\.log already/,
  ],
  [
    'the name of an instance',
    'services: { "a@1": { command: x } }',
    /1:13: .*"@" is for its instances/,
  ],
  ['the name of a device', 'services: { con: { command: x } }', /Windows reserves it/],
  ['an empty name', 'services: { "": { command: x } }', /it is empty/],
  ['project and name', 'project: a\nname: b\nservices: { a: { command: x } }', /same as project/],
  ['no services', 'services: {}', /no service in it/],
  ['services without a value', 'services:\n', /services: it has no value/],
  ['a service without settings', 'services:\n  a:\n', /services\.a: it has no value/],
  ['a list at the top', '- a\n', /1:1: it has to be a map, not a list/],
  ['a text at the top', 'web', /1:1: it has to be a map, not "web"/],
  ['nothing', '', /it is empty/],
  ['comments only', '# nothing\n', /it is empty/],
  [
    'a name that stands twice',
    'services:\n  a: { command: x }\n  a: { command: y }\n',
    /3:3: .*second time/,
  ],
  ['a tab', 'services:\n\ta: { command: x }\n', /2:1: a tab indents/],
  ['two documents', 'services: { a: { command: x } }\n---\nb: 1\n', /second document/],
  ['a tag', 'services: !!js/function x', /tag|unresolved/i],
  ['a quote that is not closed', 'services: "', /1:\d+: /],
  [
    'a text that is not UTF-8',
    'services:\n  a: { command: \uFFFD }\n',
    /2:17: the file is not UTF-8/,
  ],
  ['UTF-16', 's\0e\0', /1:2: the file is not UTF-8/],
  ['an alias to nothing', 'services: *x', /x/],
  ['an alias to itself', 'services: &a { b: *a }', /stead\.yaml/],
  ['a map as a name', 'services: { { a: b }: { command: x } }', /no name|missing/],
])('%s is refused', (_, text, expected) => {
  expect(problemsOf(text).join('\n')).toMatch(expected)
})

test('a file of 50 MB is refused before it is read as YAML', () => {
  expect(problemsOf('['.repeat(50_000_000))).toEqual([
    'stead.yaml: it has 50000000 characters, at most 4000000 are read',
  ])
})

test('aliases upon aliases are refused soon', () => {
  const rows = ['a0: &a0 [x,x,x,x,x,x,x,x,x]']
  for (let i = 1; i < 10; i += 1)
    rows.push(
      `a${i}: &a${i} [${Array(9)
        .fill(`*a${i - 1}`)
        .join(',')}]`,
    )
  expect(problemsOf(rows.join('\n')).join()).toMatch(/alias/)
})

test('many aliases of one large value are refused soon', () => {
  const large = `a: &a [${Array(10_000).fill('x').join(',')}]`
  const text = `${large}\nb: [${Array(9_000).fill('*a').join(',')}]`
  expect(problemsOf(text).join()).toMatch(/more than 1000000 values/)
})

test('brackets within brackets are refused', () => {
  const text = `services: ${'['.repeat(5_000)}${']'.repeat(5_000)}`
  expect(problemsOf(text)[0]).toMatch(/^stead\.yaml:1:\d+: what is here is nested too deeply/)
})

/** Where in a file a setting stands: the path to it, `*` for a name that one chooses. */
interface Leaf {
  readonly path: readonly string[]
}

type Json = { [key: string]: unknown }

/** Every setting of the schema, from the schema: a new one is tried without a word here. */
function leavesOf(schema: Json, path: readonly string[] = []): Leaf[] {
  const branches = (schema.anyOf as Json[] | undefined) ?? []
  const inner = [
    ...branches.flatMap((branch) => leavesOf(branch, path)),
    ...Object.entries((schema.properties as Record<string, Json> | undefined) ?? {}).flatMap(
      ([name, one]) => leavesOf(one, [...path, name]),
    ),
    ...(typeof schema.additionalProperties === 'object'
      ? leavesOf(schema.additionalProperties as Json, [...path, '*'])
      : []),
    ...(schema.items === undefined ? [] : leavesOf(schema.items as Json, [...path, '0'])),
  ]
  return path.length === 0 ? inner : [{ path }, ...inner]
}

/** A file in which that one setting has `value`, as JSON, which is YAML. */
function fileWith(path: readonly string[], value: unknown): string {
  const root: Json = { services: { web: { command: 'x' } } }
  let at: Json | unknown[] = root
  path.forEach((step, index) => {
    const key = step === '*' ? 'web' : step
    const last = index === path.length - 1
    const holder = at as Json
    const next = path[index + 1] === '0' ? [] : {}
    const known = holder[key]
    holder[key] = last ? value : typeof known === 'object' ? known : next
    at = holder[key] as Json
  })
  return JSON.stringify(root, null, 1)
}

describe('every setting with a value of the wrong kind', () => {
  const schema = z.toJSONSchema(guardSchema, { io: 'input', unrepresentable: 'any' }) as Json
  const paths = [...new Set(leavesOf(schema).map(({ path }) => path.join(' ')))]

  test('is tried', () => {
    expect(paths.length).toBeGreaterThan(150)
    expect(paths).toContain('services * log rotate compress')
    expect(paths).toContain('defaults stop 0 wait')
  })

  test.each(paths)('%s', (path) => {
    const values = [-1, 1e21, true, null, '', 'x\0y', [], [[]], {}, { a: { b: [] } }]
    const refused = values.filter((value) => {
      const problems = problemsOf(fileWith(path.split(' '), value))
      for (const problem of problems) {
        expect(problem).toMatch(/^stead\.yaml:\d+:\d+: [a-z]+.*: \S/)
        expect(problem).not.toMatch(/\[object|undefined|NaN|Invalid|expected/)
        expect(problem.split('\n').length).toBeLessThanOrEqual(3)
      }
      return problems.length > 0
    })
    expect(refused.length).toBeGreaterThanOrEqual(4)
    expect(refused).toContain(null)
  })
})
