/** `stead import nssm NAME`: what the real nssm has written into the registry of this Windows. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { describe, test } from '../../contract/harness.ts'

const NSSM = 'C:\\tools\\nssm64.exe'
const stead = fileURLToPath(new URL('../../../bin/stead.js', import.meta.url))

interface Imported {
  readonly text: string
  readonly losses: readonly { readonly setting: string; readonly why: string }[]
}

const SETTINGS: readonly (readonly string[])[] = [
  ['AppDirectory', 'C:\\Program Files\\Shop'],
  ['AppParameters', '--root "C:\\my data" --title "a ""quoted"" b" --password hunter2'],
  ['AppEnvironmentExtra', 'NODE_ENV=production', 'DB_PASSWORD=hunter2', 'DATA=%ProgramData%\\shop'],
  ['AppStdout', 'C:\\logs\\shop.log'],
  ['AppStderr', 'C:\\logs\\shop.log'],
  ['AppRotateFiles', '1'],
  ['AppRotateOnline', '1'],
  ['AppRotateBytes', '1048576'],
  ['AppRotateSeconds', '86400'],
  ['AppPriority', 'BELOW_NORMAL_PRIORITY_CLASS'],
  ['AppAffinity', '0'],
  ['AppStopMethodSkip', '6'],
  ['AppStopMethodConsole', '4000'],
  ['AppThrottle', '3000'],
  ['AppRestartDelay', '2500'],
  ['AppExit', '0', 'Exit'],
  ['AppExit', 'Default', 'Restart'],
  ['Start', 'SERVICE_DEMAND_START'],
  ['DisplayName', 'The shop'],
  ['Description', 'Sells things'],
]

describe('stead import nssm, of a service that nssm itself has installed', () => {
  test('its settings are those of stead.yaml, as from a file of reg export', {}, () => {
    const name = `shop-${process.pid}`
    const room = mkdtempSync(join(tmpdir(), 'stead nssm '))
    try {
      nssm('install', name, 'C:\\Program Files\\Shop\\shop.exe')
      for (const [setting = '', ...values] of SETTINGS) nssm('set', name, setting, ...values)
      const live = imported(name)
      const [service] = Object.values((parse(live.text) as { services: object }).services)
      assert.deepEqual(service, {
        description: 'Sells things',
        command: [
          'C:\\Program Files\\Shop\\shop.exe',
          '--root',
          'C:\\my data',
          '--title',
          'a "quoted" b',
          '--password',
          `\${${name.replaceAll('-', '_').toUpperCase()}_PASSWORD}`,
        ],
        autostart: false,
        cwd: 'C:\\Program Files\\Shop',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what stead.yaml has
        env: { NODE_ENV: 'production', DATA: '${ProgramData}\\shop' },
        restart: { when: 'on-failure', delay: '2s500ms', factor: 2, maxDelay: '4m', limit: 'none' },
        startSeconds: '3s',
        stop: [{ signal: 'CTRL_C', to: 'tree', wait: '4s' }],
        log: { format: 'raw', file: 'C:\\logs\\shop.log', rotate: { size: '1M', every: '1d' } },
        windows: { priority: 'below-normal', affinity: '0' },
      })
      assert.deepEqual(live.losses.map(({ setting }) => setting).sort(), [
        'AppEnvironmentExtra: DB_PASSWORD',
        'AppParameters',
        'AppRotateFiles',
        'ObjectName',
      ])
      assert.doesNotMatch(JSON.stringify(live), /hunter2/)

      const file = join(room, 'shop.reg')
      run('reg.exe', 'export', `HKLM\\SYSTEM\\CurrentControlSet\\Services\\${name}`, file)
      const mark = readFileSync(file).subarray(0, 2)
      assert.deepEqual([...mark], [0xff, 0xfe])
      const fromFile = imported(file)
      const plain = (text: string): string => text.replace(/^#.*\n/gm, '')
      assert.equal(plain(fromFile.text), plain(live.text))
    } finally {
      spawnSync(NSSM, ['remove', name, 'confirm'])
      rmSync(room, { recursive: true, force: true })
    }
  })

  test('what is not there, and what is not of nssm, is told as such', {}, () => {
    const none = spawnSync(process.execPath, [stead, 'import', 'nssm', 'no-such-service'], {
      encoding: 'utf8',
    })
    assert.equal(none.status, 5)
    assert.match(none.stderr, /NOT_INSTALLED/)
    const other = spawnSync(process.execPath, [stead, 'import', 'nssm', 'Eventlog'], {
      encoding: 'utf8',
    })
    assert.notEqual(other.status, 0)
    assert.match(other.stderr, /FOREIGN_EMPTY|NOT_INSTALLED/)
  })
})

function imported(what: string): Imported {
  return JSON.parse(run(process.execPath, stead, 'import', 'nssm', what, '--json')) as Imported
}

function nssm(...words: string[]): void {
  run(NSSM, ...words)
}

function run(program: string, ...words: string[]): string {
  const { status, stdout, stderr } = spawnSync(program, words, { encoding: 'utf8' })
  assert.equal(status, 0, `${program} ${words.join(' ')}: ${stdout}${stderr}`)
  return stdout
}
