/** Who needs whom, of a real guard and of a file alone. */
import { expect, test } from 'vitest'
import { openRoom } from './room.ts'

const SLEEP = ['/bin/sleep', '1000']

test('the graph of a guard has states and the critical path of its start; without a guard the definition', async () => {
  const room = openRoom({
    db: { command: ['/bin/sh', '-c', 'sleep 0.3; echo up; exec sleep 1000'], ready: { log: 'up' } },
    cache: { command: SLEEP },
    api: { command: SLEEP, instances: 2, dependsOn: { db: 'ready', cache: 'started' } },
    broken: { command: ['/bin/false'], restart: { strategy: 'manual' } },
  })
  const before = await room.stead('graph', '-f', room.file)
  expect(before).toMatchObject({ code: 0, stderr: '' })
  expect(before.stdout.split('\n').slice(0, 4)).toEqual([
    'db',
    '└─ api  2 instances  (ready)',
    'cache',
    '└─ api  2 instances  (started)',
  ])
  await room.up()
  await room.running('api@1', 'api@2')
  await room.waitFor('broken', 'has failed', ({ phase }) => phase === 'fatal')

  const { stdout, code } = await room.stead('graph')
  expect(code).toBe(0)
  expect(stdout).toMatch(/^db {2}running\n└─ api {2}2 running {2}\(ready\)\n/)
  expect(stdout).toMatch(/^broken {2}fatal$/m)
  expect(stdout).toMatch(/^the last start took \d+\.\d{3} s/m)
  expect(stdout).toMatch(/^ +\+\d+\.\d{3} s {2}db .*done \d+\.\d{3} s after its start$/m)
  expect(stdout).toMatch(/api@[12] {2}waited \d+\.\d{3} s, at last for db \(ready\)/)

  const json = JSON.parse((await room.stead('graph', '--json', 'api')).stdout) as {
    services: { name: string }[]
    criticalPath: { steps: { id: string }[] }
  }
  expect(json.services.map(({ name }) => name)).toEqual(['db', 'cache', 'api'])
  expect(json.criticalPath.steps[0]?.id).toBe('db')

  const mermaid = await room.stead('graph', '--mermaid')
  expect(mermaid.stdout).toMatch(/^flowchart LR\n/)
  expect(mermaid.stdout).toMatch(/n0 ==>\|ready\| n2/)

  const nobody = await room.stead('graph', 'appi')
  expect(nobody).toMatchObject({ code: 5, stdout: '' })
  expect(nobody.stderr).toContain('did you mean api?')
  expect(await room.stead('down')).toMatchObject({ code: 0 })
})

test('a circle is refused before anything is drawn', async () => {
  const room = openRoom({
    a: { command: SLEEP, dependsOn: ['b'] },
    b: { command: SLEEP, dependsOn: ['a'] },
  })
  const { code, stdout, stderr } = await room.stead('graph', '-f', room.file)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain('GUARD_FILE_INVALID')
})
