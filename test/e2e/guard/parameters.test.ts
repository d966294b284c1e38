import { execFileSync } from 'node:child_process'
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { until } from '../../contract/until.ts'
import { wholeLines } from '../../contract/whole-lines.ts'
import { kill } from './processes.ts'
import { openRoom, type Room } from './room.ts'

const LEVEL = {
  type: 'enum',
  values: ['debug', 'info', 'warn'],
  default: 'info',
  env: 'LEVEL',
  description: 'how much it says',
}
const RATE = { type: 'integer', default: 10, min: 1, max: 100 }
const sleeper = (parameters: object) => ({ command: ['sleep', '600'], parameters })

interface Shown {
  readonly parameters: readonly { name: string; text: string; set: { until: string } | null }[]
}

async function shown(room: Room): Promise<Record<string, string>> {
  const { stdout } = await room.stead('set', 'web', '--json')
  const { parameters } = JSON.parse(stdout) as Shown
  return Object.fromEntries(parameters.map(({ name, text }) => [name, text]))
}

describe('stead set', () => {
  test('gives a program another variable by a restart, and says what has come of it', async () => {
    const room = openRoom({ web: sleeper({ level: { ...LEVEL, apply: 'restart' } }) })
    await room.up()
    const [web] = await room.running('web')
    expect(room.programs('web')[0]?.environment.LEVEL).toBe('info')
    const { code, stdout } = await room.stead('set', 'web', 'level=debug')
    expect(stdout).toBe('web: level is debug (was info)\nweb has taken it\n')
    expect(code).toBe(0)
    expect((await room.one('web')).pid).not.toBe(web?.pid)
    expect(room.programs('web')[0]?.environment.LEVEL).toBe('debug')
    expect((await room.stead('events')).stdout).toMatch(
      /web: level is debug \(was info\) by operator/,
    )
    expect((await room.stead('audit')).stdout).toMatch(/set web changes=\["level: info → debug"\]/)
    expect((await room.stead('metrics')).stdout).toContain(
      'stead_service_parameter_choice_info{service="web",id="web",parameter="level",value="debug"} 1',
    )
  })

  test('tells a program by its reload, which finds the values in its directory', async () => {
    const room = openRoom()
    const record = join(room.directory, 'record')
    const read = `cat "$STEAD_PARAMETERS/asked.json" > ${record}.new && mv ${record}.new ${record}`
    room.write({
      web: {
        command: ['bash', '-c', `trap '${read}' HUP; while :; do sleep 0.05; done`],
        reload: { signal: 'SIGHUP' },
        parameters: { level: { ...LEVEL, apply: 'reload' } },
      },
    })
    await room.up()
    const [web] = await room.running('web')
    expect((await room.stead('set', 'web', 'level=warn')).code).toBe(0)
    const text = await until('it has read it', () => {
      try {
        return readFileSync(record, 'utf8')
      } catch {
        return null
      }
    })
    expect(JSON.parse(text)).toMatchObject({ set: { level: { value: 'warn' } } })
    expect((await room.one('web')).pid).toBe(web?.pid)
  })

  test('asks a command, whose refusal takes back everything that was asked for', async () => {
    const room = openRoom()
    const record = join(room.directory, 'record')
    const script = `echo "$STEAD_PARAMETER=$STEAD_VALUE" >> ${record}; [ "$STEAD_VALUE" != 13 ] || { echo unlucky >&2; exit 3; }`
    const apply = { command: ['sh', '-c', script] }
    room.write({
      web: sleeper({ level: { ...LEVEL, apply }, rate: { ...RATE, apply } }),
    })
    await room.up()
    await room.running('web')
    expect((await room.stead('set', 'web', 'rate=20')).code).toBe(0)
    const refused = await room.stead('set', 'web', 'level=debug', 'rate=13')
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('the command for rate: exit code 3: unlucky')
    expect(await shown(room)).toEqual({ level: 'info', rate: '20' })
    expect(wholeLines(record).slice(0, 3)).toEqual(['rate=20', 'level=debug', 'rate=13'])
  })

  test('names what is wrong with everything that is, and changes nothing', async () => {
    const room = openRoom({ web: sleeper({ level: LEVEL, rate: RATE }), other: sleeper({}) })
    await room.up()
    await room.running('web', 'other')
    const wrong = await room.stead('set', 'web', 'levle=debug', 'rate=1000', 'level=debgu')
    expect(wrong.code).toBe(2)
    expect(wrong.stderr).toContain('web has no parameter levle; did you mean level?\n')
    expect(wrong.stderr).toContain('rate: "1000" is not an integer from 1 to 100\n')
    expect(wrong.stderr).toContain(
      'level: "debgu" is not one of debug, info, warn; did you mean debug?\n',
    )
    expect(await shown(room)).toEqual({ level: 'info', rate: '10' })
    expect((await room.stead('set', 'other')).stderr).toContain('PARAMETERS_NONE')
    expect((await room.stead('set', 'wbe', 'rate=1')).stderr).toContain('NOT_INSTALLED')
    expect((await room.stead('set', 'web', 'rate')).stderr).toContain('set as KEY=VALUE')
    expect((await room.stead('set', 'web', 'rate=1', '--for', 'ever')).code).toBe(2)
  })

  test('holds over the death of the guard and of the program, until its time is over', async () => {
    const room = openRoom({ web: sleeper({ level: LEVEL, rate: RATE }) })
    const guard = await room.up()
    const [web] = await room.running('web')
    const pending = await room.stead('set', 'web', 'level=debug')
    expect(pending.stdout).toContain('web: pending: level: it has it from its next start on')
    await room.stead('set', 'web', 'rate=20', '--for', '1h')
    await guard.kill()
    kill(web?.pid as number)
    const next = await room.up()
    await room.running('web')
    expect(room.programs('web')[0]?.environment.LEVEL).toBe('debug')
    expect(await shown(room)).toEqual({ level: 'debug', rate: '20' })
    // Whether it is over before the guard is killed, meanwhile, or after there is one again: it is told.
    await room.stead('set', 'web', 'rate=30', '--for', '1s')
    await next.kill()
    await room.up()
    await until('the rate is its default', async () => (await shown(room)).rate === '10')
    const { stdout } = await room.stead('events')
    expect(stdout).toContain('web: rate is 10 (was 30): its time is over')
    expect(await shown(room)).toEqual({ level: 'debug', rate: '10' })
    expect((await room.stead('set', 'web', '--reset', 'level')).stdout).toContain('level is info')
  })

  test('goes on with what it can when what was kept is broken, and puts that aside', async () => {
    const room = openRoom({ web: sleeper({ rate: RATE }) })
    const guard = await room.up()
    await room.running('web')
    await room.stead('set', 'web', 'rate=20')
    await guard.kill()
    const kept = join(room.home, 'state', 'guards')
    const file = join(kept, readdirSync(kept)[0] ?? '', 'parameters.json')
    writeFileSync(file, '{"stead":"kept par')
    await room.up()
    expect(await shown(room)).toEqual({ rate: '10' })
    expect((await room.stead('events')).stdout).toContain('parameters that were set are lost')
    expect(readFileSync(`${file}.bad`, 'utf8')).toBe('{"stead":"kept par')
  })
})

describe('stead apply', () => {
  test('takes other declarations in place; what does not fit any more is its default', async () => {
    const room = openRoom({ web: sleeper({ level: LEVEL, rate: RATE }) })
    await room.up()
    const [web] = await room.running('web')
    await room.stead('set', 'web', 'rate=90', 'level=debug')
    room.write({ web: sleeper({ level: LEVEL, rate: { ...RATE, max: 50 } }) })
    expect((await room.stead('apply')).stdout).toContain('web changes in place (parameters)')
    await until('it fits', async () => (await shown(room)).rate === '10')
    expect(await shown(room)).toEqual({ level: 'debug', rate: '10' })
    expect((await room.one('web')).pid).toBe(web?.pid)
    expect((await room.stead('events')).stdout).toContain(
      'a parameter of web has its default: rate: 90 is not an integer from 1 to 50',
    )
  })

  test('refuses a declaration that is wrong, with its line', async () => {
    const room = openRoom({ web: sleeper({ rate: RATE }) })
    await room.up()
    room.write(
      'services:\n  web:\n    command: [sleep, "600"]\n    parameters:\n      rate: { type: integer, default: 0, min: 1 }\n      apiKey: { type: string, default: "" }\n',
    )
    const { code, stderr } = await room.stead('apply')
    expect(code).toBe(2)
    expect(stderr).toMatch(/stead\.yaml:5:.*rate\.default: 0 is not an integer of at least 1/)
    expect(stderr).toMatch(/stead\.yaml:6:.*its name says that it is secret/)
  })
})

describe('a service of the SDK under a guard', () => {
  const script = fileURLToPath(new URL('../../fixtures/services/adjustable.ts', import.meta.url))
  const service = {
    command: [process.execPath, script],
    protocol: 'native',
    cwd: resolve(script, '../../../..'),
  }

  test('has what it declares itself, takes it live, and refuses as a whole', async () => {
    const room = openRoom({ web: { ...service, instances: 2 } })
    await room.up()
    const before = await room.running('web@1', 'web@2')
    const { stdout } = await room.stead('set', 'web')
    expect(stdout).toContain(
      'rate       10     10       an integer from 1 to 100\n  requests a second',
    )
    const set = await room.stead('set', 'web', 'logLevel=debug', 'rate=20', '--for', '1h')
    expect(set.stdout).toMatch(
      /web: rate is 20 \(was 10\), until .*\nweb@1 has taken it\nweb@2 has taken it\n/,
    )
    const refused = await room.stead('set', 'web', 'rate=13')
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('web does not take it: web@1: 13 brings no luck')
    expect(await shown(room)).toEqual({ logLevel: 'debug', rate: '20', pause: '5s' })
    // Its log and its answers come by different ways.
    const says = (words: string) => until(words, () => room.log('web@2').includes(words))
    await says('offered 20 for 10: logLevel,rate')
    const after = await room.running('web@1', 'web@2')
    expect(after.map(({ pid }) => pid)).toEqual(before.map(({ pid }) => pid))
    await room.stead('restart', 'web@2')
    await says('begins with debug at 20')
    expect((await room.stead('metrics')).stdout).toContain(
      'stead_service_parameter{service="web",id="web@1",parameter="pause"} 5\n',
    )
  })

  test.skipIf(process.getuid?.() !== 0)('may be another user, whose directory it is', async () => {
    const room = openRoom({ web: { ...service, user: 'nobody' } })
    chmodSync(room.directory, 0o755)
    await room.up()
    await room.running('web')
    const { stdout } = await room.stead('set', 'web', 'rate=20')
    expect(stdout).toContain('web has taken it')
    const [program] = room.programs('web')
    const told = join(program?.environment.STEAD_PARAMETERS ?? '', 'told.json')
    const nobody = execFileSync('id', ['-u', 'nobody'], { encoding: 'utf8' })
    expect(statSync(told).uid).toBe(Number(nobody))
  })
})
