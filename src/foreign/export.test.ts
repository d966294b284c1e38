import { describe, expect, test } from 'vitest'
import { parseGuardFile } from '../config/guard-file.ts'
import type { ForeignFiles } from '../model/ports/foreign-files.ts'
import type { GuardSpec, ProgramSpec } from '../model/program-spec.ts'
import type { Exported } from './exported.ts'
import { finish } from './finish.ts'
import type { Importer } from './source.ts'
import { exportSupervisord } from './supervisord/export.ts'
import { importSupervisord } from './supervisord/import.ts'
import { exportSystemd } from './systemd/export.ts'
import { importSystemd } from './systemd/import.ts'

const BASE = '/srv/x'
const WORDS = [
  '/bin/echo',
  'two words',
  'it is "so"',
  "it's",
  'a ;b #c',
  '100% %(x)s',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the text that is meant
  '$HOME ${HOME} $$',
  'back\\slash\\',
  '',
  'ünïcode',
  '*',
]
const GUARD = parse(`
project: shop
services:
  db:
    command: [/usr/bin/db, -c, "x y"]
    cwd: /srv/db
    user: db
    umask: "027"
    restart: { when: always, delay: 2s, factor: 1, jitter: 0, limit: 3/1m }
    stop: { signal: SIGINT, timeout: 30s }
    startSeconds: 3s
    env: { A: "b c", PERCENT: "100%", EMPTY: "", QUOTE: 'say "so" now' }
  web:
    command: ${JSON.stringify(WORDS).replaceAll('$', '$$$$')}
    cwd: /srv/web
    dependsOn: { db: started }
    autostart: false
    nice: 5
    windows: { priority: idle }
    health: { tcp: 80 }
    reload: { signal: SIGHUP }
    limits: { openFiles: 4096, memory: 512M }
groups:
  all: { services: [db, web] }
`)

function parse(text: string): GuardSpec {
  return parseGuardFile({ path: `${BASE}/stead.yaml`, text, env: {} })
}

function virtual({ files }: Exported): ForeignFiles {
  const texts = new Map(files.map(({ name, text }) => [`${BASE}/${name}`, text]))
  return {
    readText: (path) => texts.get(path) ?? null,
    names: (path) => (path === BASE ? [...files.map(({ name }) => name)].sort() : null),
    canExecute: () => true,
  }
}

function imported(importer: Importer, exported: Exported, path: string): Map<string, ProgramSpec> {
  const machine = { host: 'box', user: 'me', home: '/home/me' }
  const source = { path, files: virtual(exported), base: BASE, machine }
  const spec = parse(finish(importer(source), path, BASE).text)
  return new Map(spec.services.map((one) => [one.name, one]))
}

const source = { spec: GUARD, file: 'stead.yaml', lineOf: () => 1, hasRemote: false }
const before = new Map(GUARD.services.map((one) => [one.name, one]))
const pick = (one: ProgramSpec | undefined, ...names: (keyof ProgramSpec)[]) =>
  Object.fromEntries(names.map((name) => [name, one?.[name]]))

describe('what was exported to supervisord and is imported again', () => {
  const exported = exportSupervisord(source)
  const after = imported(importSupervisord, exported, `${BASE}/supervisord.conf`)
  test.each(['db', 'web'])('%s runs the same words in the same place', (name) => {
    const kept = [
      'command',
      'cwd',
      'env',
      'user',
      'umask',
      'autostart',
      'startSeconds',
      'stop',
    ] as const
    expect(pick(after.get(name), ...kept)).toEqual(pick(before.get(name), ...kept))
    expect(after.get(name)?.restart.when).toBe(before.get(name)?.restart.when)
  })
  test('what it cannot say is told', () => {
    expect(exported.losses.map(({ service, setting }) => `${service}.${setting}`)).toEqual(
      expect.arrayContaining([
        'web.nice',
        'web.windows',
        'web.health',
        'web.dependsOn',
        'web.limits',
        'web.reload',
      ]),
    )
  })
})

describe('what was exported to systemd and is imported again', () => {
  const exported = exportSystemd(source)
  const after = imported(importSystemd, exported, BASE)
  test.each(['db', 'web'])('%s runs the same words in the same place', (name) => {
    const kept = [
      'command',
      'cwd',
      'env',
      'user',
      'umask',
      'nice',
      'limits',
      'reload',
      'stop',
      'dependsOn',
    ] as const
    expect(pick(after.get(name), ...kept)).toEqual(pick(before.get(name), ...kept))
  })
  test('the policy of restarts is the same', () => {
    expect(pick(after.get('db'), 'restart')).toEqual({
      restart: { ...before.get('db')?.restart, immediate: 0 },
    })
  })
  test('there is a target that wants what starts by itself', () => {
    const target = exported.files.find(({ name }) => name === 'shop.target')?.text
    expect(target).toContain('Wants=db.service')
    expect(target).not.toContain('Wants=web.service')
  })
})

const HANDED_OVER = parse(
  'services:\n  web: { command: ./web, needs: [{ dns: db }], sockets: { http: { tcp: 80 } }, fdStoreMax: 3, cgroup: true, limits: { memory: 1M }, restart: { factor: 1, immediate: 0 } }\n',
)

test('sockets that the guard opens, and what it looks for before a start, are told as lost', () => {
  const lostBy = (exporter: typeof exportSystemd): readonly string[] =>
    exporter({ ...source, spec: HANDED_OVER }).losses.map(({ setting }) => setting)
  expect(lostBy(exportSystemd)).toEqual(['needs', 'sockets'])
  expect(lostBy(exportSupervisord)).toEqual(
    expect.arrayContaining(['cgroup', 'limits', 'needs', 'sockets', 'fdStoreMax']),
  )
})

test.each([
  ['supervisord', exportSupervisord],
  ['systemd', exportSystemd],
])(
  'what a guard has for all its services is told as lost to %s, each by its name and line',
  (_, exporter) => {
    const spec = parse(`
services: { web: { command: ./web } }
access: [{ users: [root], role: viewer }]
control: { tcp: { listen: "127.0.0.1:1", tokens: [{ name: ci, file: ./ci, role: viewer }] } }
metrics: { listen: "127.0.0.1:2" }
events: { webhooks: [{ url: "http://127.0.0.1:3" }] }
configuration: { watch: true }
`)
    const lineOf = ([first]: readonly PropertyKey[]) => String(first).length
    const { losses } = exporter({ ...source, spec, lineOf, hasRemote: true })
    const ofAll = losses.filter(({ service }) => service === null)
    expect(ofAll.map(({ setting, line }) => [setting, line])).toEqual([
      ['remote', 6],
      ['access', 6],
      ['control', 7],
      ['metrics', 7],
      ['events', 6],
      ['configuration', 13],
    ])
    expect(losses[0]?.why).toMatch(/the settings of now/)
    const plain = exporter({ ...source, spec: parse('services: { web: { command: ./web } }') })
    expect(plain.losses.filter(({ service }) => service === null)).toEqual([])
  },
)

test('what a unit is by itself, or has a word for, is not lost', () => {
  const unit = exportSystemd({ ...source, spec: HANDED_OVER }).files[0]?.text
  expect(unit).toContain('FileDescriptorStoreMax=3')
  expect(unit).toContain('MemoryMax=1048576')
})

test.each([
  ['supervisord', exportSupervisord],
  ['systemd', exportSystemd],
])('a sealed variable is not carried over to %s, and told', (_, exporter) => {
  const text = 'services:\n  web: { command: ./web, env: { A: ENC(v1.x.y), B: "1" } }\n'
  const { files, losses } = exporter({ ...source, spec: parse(text) })
  expect(losses).toContainEqual(
    expect.objectContaining({
      service: 'web',
      setting: 'env.A',
      why: expect.stringMatching(/sealed/),
    }),
  )
  expect(files.map((one) => one.text).join('')).not.toContain('ENC(')
  expect(files.map((one) => one.text).join('')).toContain('B=')
})
