// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of configurations are written so
import { loadGuardFile } from '../../src/config/guard-file.ts'
import { explainSettings } from '../../src/config/layers/explain-settings.ts'
import { loadSettings } from '../../src/config/layers/load-settings.ts'
import { parseServiceFile } from '../../src/config/service-file.ts'
import { isSteadError } from '../../src/errors.ts'
import { decodeText } from '../../src/model/decode-text.ts'
import { fakeConfigFiles } from '../fakes/config-files.ts'
import { type SeededRandom, seededRandom } from '../fakes/seeded-random.ts'
import { inTime, mutated, type Spoiling } from './mutate.ts'

const CODES = new Set(['GUARD_FILE_INVALID', 'SPEC_INVALID', 'NAME_INVALID'])

const NASTY =
  '\0|\u00fc|\u{1f600}|\ufffd|\ud800|$|$$|${|${A|${A:-b}|${A:${B}}|"|\'|"""|\'\'\'|\\|\\u12|\\uD800|#|//|/*|*/|[|]|[[|]]|{|}|,|,,|=|:|: |- |&a |*a|<<: *a|? |!!binary x|!!set|---|...|%YAML 9|\t|\n\n|\r\n|\r|__proto__|constructor|NaN|nan|inf|.inf|0x10|0o7|1_0|1e999|-0|+1|01|999999999999999999999|null|~|true|yes|1979-05-27|2020-13-45|..|include: stead.yaml|include: [a.toml, a.toml]|profiles: {}|envFiles: .env|ENC(|ENC(v1.x)|\u001b[31m'.split(
    '|',
  )

const CORPUS: Readonly<Record<string, string>> = {
  'stead.yaml': `include: [a.toml, { file: b.jsonc, optional: true }, conf.d/*.yaml]
envFiles: .env
x: &x { A: "1", B: '\${B:2}' }
defaults: { restart: { when: always, limit: 5/1m } }
services:
  web:
    command: [./web, --port, "\${PORT:8080}"]
    env: { <<: *x, DB_PASSWORD: hunter2 }
    dependsOn: { db: started }
    log: { rotate: { size: 10M } }
profiles:
  prod: { services: { web: { env: { A: null } } } }
`,
  'stead.json': `{ "services": { "web": { "command": ["x"], "env": { "A": "1" }, "instances": 2 } },
  "groups": { "all": { "services": ["web"] } } }
`,
  'stead.jsonc': `{ // all of it
  "include": "a.toml", /* two */
  "services": { "web": { "command": "x", "nice": 5, }, },
}
`,
  'stead.toml': `project = "shop"
[services.web]
command = ["x", 'raw', """
long"""]
env = { A = "1", B = "2" }
[services.web.restart]
delay = "1s"
[[access]]
role = "viewer"
users = ["a"]
`,
}

const BESIDE: Readonly<Record<string, string>> = {
  '/srv/a.toml': '[services.db]\ncommand = "db"\n',
  '/srv/b.jsonc': '{ "project": "p", }',
  '/srv/conf.d/1.yaml': 'services: { job: { command: x, type: job } }\n',
  '/srv/.env': 'B=3\nPASS=ENC(v1.x)\n',
  '/srv/stead.prod.toml': '[services.web]\nnice = 1\n',
}

const SPOILING: Spoiling = {
  nasty: NASTY,
  others: [
    (text, random) =>
      random
        .pick(['[', '{"a":', 'a = [', '- '])
        .repeat(random.below(random.chance(0.02) ? 20_000 : 200)) + text,
    (_text, random, rows) => rows.join(random.pick(['\r\n', '\r', '\u2028', '\n'])),
  ],
}

/**
 * Mutates configurations of every format, what they include, and the bytes of all, and reads them as a
 * guard, as a service and as layers: each is taken, or refused with a code, in bounded time.
 * `STEAD_SEED=N` plays that one alone, as a failure's message says.
 *
 * @returns how many were played
 */
export function fuzzConfigurations(count: number, first: number): number {
  const only = process.env.STEAD_SEED
  const seeds =
    only === undefined ? Array.from({ length: count }, (_, i) => first + i) : [Number(only)]
  const rows = [...Object.values(CORPUS), ...Object.values(BESIDE)].flatMap((t) => t.split('\n'))
  for (const seed of seeds) {
    const random = seededRandom(seed)
    const name = random.pick(Object.keys(CORPUS))
    const files: Record<string, string> = { ...BESIDE, [`/srv/${name}`]: CORPUS[name] as string }
    for (let i = 1 + random.below(4); i > 0; i -= 1) {
      const path = random.chance(0.7) ? `/srv/${name}` : random.pick(Object.keys(files))
      files[path] = mutated(files[path] as string, random, rows, SPOILING)
    }
    inTime(`STEAD_SEED=${seed}`, () => {
      try {
        readAs(`/srv/${name}`, files, random)
      } catch (error) {
        if (
          !isSteadError(error) ||
          !CODES.has(error.code) ||
          /cannot be read: /.test(error.message)
        )
          throw new Error(`STEAD_SEED=${seed}: ${JSON.stringify(files).slice(0, 3_000)}`, {
            cause: error,
          })
      }
    })
  }
  return seeds.length
}

function readAs(path: string, files: Record<string, string>, random: SeededRandom): void {
  const text = decoded(files[path] as string, random)
  if (text === null) return
  const disk = fakeConfigFiles(files)
  const profiles = random.chance(0.3) ? ['prod'] : []
  const set = random.chance(0.3)
    ? [`services.web.env.${random.pick(NASTY)}=${random.pick(NASTY)}`]
    : []
  const env = { PORT: random.pick(NASTY), APP__services__web__nice: random.pick(NASTY) }
  switch (random.below(4)) {
    case 0:
      parseServiceFile(path, text)
      return
    case 1: {
      const { source } = loadSettings({ path, text, env, profiles, set, prefix: 'APP' }, disk)
      for (const { path: at } of explainSettings(source.tree)) source.lineOf(at)
      return
    }
    default: {
      const openSecret = random.chance(0.5) ? { openSecret: () => ({ value: 'opened' }) } : {}
      loadGuardFile({ path, text, env, profiles, set, ...openSecret }, disk)
    }
  }
}

/** The text as it would come out of bytes that something has happened to; null where none does. */
function decoded(text: string, random: SeededRandom): string | null {
  const marks = ['', '\uFEFF']
  const bytes = random.chance(0.9)
    ? Buffer.from(random.pick(marks) + text)
    : Buffer.from(`\uFEFF${text}`, 'utf16le')
  if (random.chance(0.05)) bytes[random.below(bytes.length)] = random.below(256)
  const read = decodeText(
    random.chance(0.05) ? bytes.subarray(0, random.below(bytes.length)) : bytes,
  )
  return 'text' in read ? read.text : null
}
