/** What `stead export` writes, as the real systemd and supervisord read it. */
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { until } from '../../contract/until.ts'
import { wholeLines } from '../../contract/whole-lines.ts'
import { startProcess } from './guard-process.ts'
import { run, STEAD } from './stead.ts'
import { hasSupervisor } from './supervisor.ts'

const WORDS = [
  'two words',
  '',
  'it is "so"',
  "it's",
  'a ;b #c',
  '100% %(x)s',
  '$HOME',
  'back\\',
  'ü',
  '*',
]
const SAYS = `printf '%s\\n' "$@" "$A" "$B" > "$0".part; mv "$0".part "$0"; exec sleep 1000`

function room(): string {
  const directory = mkdtempSync(join(tmpdir(), 'stead-export-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const services = {
    web: {
      command: ['/bin/sh', '-c', SAYS, join(directory, 'out'), ...WORDS],
      env: { A: 'b c', B: "100% o'clock" },
      restart: { when: 'always', delay: '2s', factor: 1, jitter: 0, limit: '3/1m' },
      umask: '027',
    },
    many: { command: ['/bin/sleep', '1000'], instances: 2 },
    last: { command: ['/bin/true'], type: 'job', dependsOn: { many: 'started', web: 'started' } },
  }
  // JSON is YAML.
  writeFileSync(join(directory, 'stead.yaml'), JSON.stringify({ project: 'shop', services }))
  return directory
}

test.skipIf(!existsSync('/usr/bin/systemd-analyze'))(
  'systemd-analyze finds nothing wrong with the units',
  async () => {
    const cwd = room()
    expect((await run([...STEAD, 'export', 'systemd', '-o', 'units'], { cwd })).code).toBe(0)
    const units = join(cwd, 'units')
    for (const number of [1, 2])
      copyFileSync(join(units, 'many@.service'), join(units, `many@${number}.service`))
    const names = ['web', 'many@1', 'many@2', 'last'].map((name) => `${name}.service`)
    const verify = ['/usr/bin/systemd-analyze', 'verify', '--man=no', ...names, 'shop.target']
    const { code, stderr } = await run(verify, { cwd: units })
    expect(stderr).not.toMatch(/many|web|last|shop/)
    expect(code).toBe(0)
    expect(readFileSync(join(units, 'last.service'), 'utf8')).toContain(
      'Requires=many@1.service many@2.service',
    )
    const again = await run([...STEAD, 'export', 'systemd', '-o', 'units'], { cwd })
    expect(again.stderr).toContain('FILE_EXISTS')
  },
)

test.skipIf(!hasSupervisor)(
  'supervisord starts the same words with the same variables',
  async () => {
    const cwd = room()
    const file = join(cwd, 'sv.conf')
    expect((await run([...STEAD, 'export', 'supervisord', '-o', file], { cwd })).code).toBe(0)
    const daemon = startProcess(['/usr/bin/supervisord', '-n', '-c', file], { cwd })
    onTestFinished(async () => {
      daemon.signal('SIGTERM')
      await daemon.ended
    })
    await until('the program has said its words', () => existsSync(join(cwd, 'out')))
    expect(wholeLines(join(cwd, 'out'))).toEqual([...WORDS, 'b c', "100% o'clock"])
  },
)
