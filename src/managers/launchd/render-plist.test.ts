import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { HOSTILE_VALUES } from '../../../test/contract/service-manager/values.ts'
import { parsePlist } from '../../../test/fakes/plist-parser.ts'
import { homeOf } from '../../model/home.ts'
import { completeSpec, type Scope, type ServiceSpec } from '../../model/service-spec.ts'
import { pathsOf } from './paths.ts'
import { planFor } from './plan.ts'
import { xmlProblem } from './plist.ts'

const golden = fileURLToPath(new URL('../../../test/golden/launchd/', import.meta.url))
const carried = HOSTILE_VALUES.filter((value) => xmlProblem(value) === null)
const words = `--> 100% "of" it's <b>$HOME</b> &amp; grüße \\\n\u0001`

const CASES: Readonly<Record<string, { scope: Scope; root: string | null; spec: ServiceSpec }>> = {
  'daemon-least': {
    scope: 'system',
    root: null,
    spec: completeSpec({ name: 'least', file: '/usr/local/bin/least' }),
  },
  'daemon-all': {
    scope: 'system',
    root: '/opt/acme/stead',
    spec: completeSpec({
      name: 'com.example.web',
      displayName: 'Web',
      description: 'Answers HTTP',
      file: '/usr/local/bin/node',
      args: ['/opt/acme/web/app.js', '--port', '8080'],
      protocol: 'native',
      configFile: '/opt/acme/web.conf',
      cwd: '/opt/acme/web',
      env: { PORT: '8080', LANG: 'en_GB.UTF-8' },
      user: '_www',
      group: '_www',
      startType: 'auto',
      restart: { when: 'always', delay: 5_000, limit: null },
      stopTimeout: 30_500,
      killMode: 'process',
      limits: { memory: null, cpu: null, openFiles: 4_096, processes: null },
    }),
  },
  'agent-once': {
    scope: 'user',
    root: null,
    spec: completeSpec({
      name: 'once',
      file: '/Users/somebody/bin/once',
      startType: 'auto',
      restart: { when: 'no', delay: 1_000, limit: null },
    }),
  },
  'daemon-hostile': {
    scope: 'system',
    root: '/opt/<&> "--" it\'s',
    spec: completeSpec({
      name: 'hostile',
      displayName: words,
      description: words,
      file: '/opt/a b/<&>/$HOME %n "x" \\',
      args: carried,
      cwd: '/opt/grüße ]]> <!-- -->',
      env: Object.fromEntries(carried.map((value, index) => [`V${index}`, value])),
    }),
  },
}

function rendered(name: string): string {
  const { scope, root, spec } = CASES[name] as (typeof CASES)[string]
  const userHome = '/Users/somebody'
  const home = homeOf({ platform: 'darwin', scope, env: {}, userHome, root })
  const plan = planFor(spec, scope, home, pathsOf(scope, home, userHome))
  expect(plan.unsupported).toEqual([])
  return plan.files[0]?.text as string
}

describe('P09 the plist of', () => {
  test.each(Object.keys(CASES))('%s is the golden one', (name) => {
    const path = join(golden, `${name}.plist`)
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(path, rendered(name))
    expect(rendered(name)).toBe(readFileSync(path, 'utf8'))
  })

  test('daemon-hostile has every value exactly', () => {
    expect(factsOf(parsePlist(rendered('daemon-hostile')))).toEqual(wanted())
  })
})

describe('the golden plists are read the same by', () => {
  test('no file without its case', () => {
    expect(readdirSync(golden).sort()).toEqual(
      Object.keys(CASES)
        .map((name) => `${name}.plist`)
        .sort(),
    )
  })

  const python =
    'import json,plistlib,sys; json.dump(plistlib.loads(sys.stdin.buffer.read()), sys.stdout)'
  withTool('python3 plistlib', 'python3', ['-c', 'import plistlib'], (name, text) => {
    const { stdout, stderr } = spawnSync('python3', ['-c', python], {
      input: text,
      encoding: 'utf8',
    })
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual(parsePlist(text))
    if (name === 'daemon-hostile') expect(factsOf(JSON.parse(stdout))).toEqual(wanted())
  })

  withTool('libplist', 'plistutil', ['--version'], (name, text) => {
    const directory = mkdtempSync(join(tmpdir(), 'stead-plist-'))
    try {
      // Through the binary form and back: so it is libplist's own reading that is compared.
      const binary = join(directory, 'binary.plist')
      const back = join(directory, 'back.plist')
      const path = join(golden, `${name}.plist`)
      spawnSync('plistutil', ['-i', path, '-o', binary, '-f', 'bin'])
      spawnSync('plistutil', ['-i', binary, '-o', back, '-f', 'xml'])
      expect(readFileSync(binary).subarray(0, 8).toString()).toBe('bplist00')
      // It writes a carriage return as it is, which only a reference keeps from a reader.
      const written = readFileSync(back, 'utf8').replaceAll('\r', '&#13;')
      expect(parsePlist(written)).toEqual(parsePlist(text))
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
  })

  withTool('plutil of macOS', '/usr/bin/plutil', ['-help'], (name) => {
    const { status } = spawnSync('/usr/bin/plutil', ['-lint', join(golden, `${name}.plist`)])
    expect(status).toBe(0)
  })
})

/** A parser that is not there is left out by name; on Linux with CI=true only macOS's own may be. */
function withTool(
  title: string,
  file: string,
  probe: readonly string[],
  check: (name: string, text: string) => void,
): void {
  const there = spawnSync(file, probe).error === undefined
  const must = process.env.CI === 'true' && process.platform === 'linux' && !file.includes('/')
  for (const name of Object.keys(CASES)) {
    const skipped = there || must ? '' : ` (skipped: ${file} is not installed)`
    test.skipIf(skipped !== '')(`${title}: ${name}${skipped}`, () => {
      check(name, readFileSync(join(golden, `${name}.plist`), 'utf8'))
    })
  }
}

function factsOf(value: unknown): unknown {
  const { ProgramArguments, EnvironmentVariables, WorkingDirectory } = value as Record<
    string,
    unknown
  >
  return { ProgramArguments, EnvironmentVariables, WorkingDirectory }
}

function wanted(): unknown {
  const { spec, root } = CASES['daemon-hostile'] as (typeof CASES)[string]
  return {
    ProgramArguments: [spec.file, ...spec.args],
    EnvironmentVariables: { ...spec.env, STEAD_SERVICE: spec.name, STEAD_HOME: root },
    WorkingDirectory: spec.cwd,
  }
}
