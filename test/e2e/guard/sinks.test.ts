/** Sinks for what programs write, with a real rsyslogd. */
import { expect, test } from 'vitest'
import type { InstanceDetail } from '../../../src/model/guard-status.ts'
import { until } from '../../contract/until.ts'
import { ask } from './ask.ts'
import { openRoom, type Room } from './room.ts'
import { type Logged, rsyslogd } from './rsyslogd.ts'

async function sinksOf(room: Room, id: string) {
  const { text } = await ask(room.socket(), `/v1/services/${id}`)
  return (JSON.parse(text) as InstanceDetail).log?.sinks ?? []
}

/** A program that prints what `script` says and then waits. */
const says = (script: string): string[] => ['/bin/sh', '-c', `${script}; exec sleep 1000`]

test('rsyslogd gets lines by UDP, TCP and its socket, as RFC 5424 has them', async () => {
  const server = await rsyslogd()
  const sinks = {
    udp: `udp://127.0.0.1:${server.udp}`,
    tcp: `tcp://127.0.0.1:${server.tcp}`,
    unix: `unix:${server.unix}`,
  }
  const script = `echo '<3>broken "things" ] \\'; echo '{"trace_id":"abc]1"}' >&2; printf 'b\\303\\244d \\377 end\\n'`
  const services = Object.fromEntries(
    Object.entries(sinks).map(([name, syslog]) => [
      name,
      { command: says(script), log: { sinks: [{ syslog, facility: 'local3' }] } },
    ]),
  )
  const room = openRoom(services)
  await room.up()
  const all = await until('nine messages', () => {
    const logged = server.logged()
    return logged.length >= 9 && logged
  })
  for (const [name, input] of [
    ['udp', 'imudp'],
    ['tcp', 'imptcp'],
    ['unix', 'imuxsock'],
  ]) {
    const { pid } = await room.one(name as string)
    const own = all.filter(({ app }) => app === name)
    expect(own.map((one) => one.input)).toEqual([input, input, input])
    expect(new Set(own.map(({ proc }) => proc))).toEqual(new Set([String(pid)]))
    const by = (part: string): Logged => own.find(({ msg }) => msg.includes(part)) as Logged
    // local3 is 19: PRI is 19 * 8 + severity.
    expect(by('broken')).toMatchObject({ pri: '155', msg: 'broken "things" ] \\' })
    expect(by('broken').data).toContain('stream="stdout" incarnation="1" seq="')
    expect(by('trace_id').pri).toBe('158')
    expect(by('trace_id').data).toContain('stream="stderr"')
    expect(by('trace_id').data).toContain('traceId="abc\\]1"')
    expect(by('end').msg).toContain('bäd ')
    expect(Math.abs(Date.parse(by('end').time) - Date.now())).toBeLessThan(60_000)
  }
})

test('a syslog server that was away is told how many lines it missed', async () => {
  const server = await rsyslogd()
  const sinks = [{ syslog: `tcp://127.0.0.1:${server.tcp}`, lines: 50 }]
  const room = openRoom({
    api: { command: says('seq 1 20; read -r go </dev/zero; :'), log: { sinks } },
    late: { command: says('seq 1001 2000'), autostart: false, log: { sinks } },
  })
  await room.up()
  await until('what was told at first', () => server.logged().length === 20)
  await server.stop()
  const { code } = await room.stead('start', 'late')
  expect(code).toBe(0)
  await until('the sink is down', async () => (await sinksOf(room, 'late'))[0]?.state === 'down')
  const told = (await room.events()).filter(({ type }) => type === 'sink')
  expect(told).toMatchObject([{ state: 'down', sink: `syslog tcp://127.0.0.1:${server.tcp}` }])
  await server.start()
  const last = await until('the newest line', () => {
    const found = server.logged().filter(({ app }) => app === 'late')
    return found.at(-1)?.msg === '2000' && found
  })
  const lost = last.reduce(
    (sum, { data }) => sum + Number(/lostLines="(\d+)"/.exec(data)?.[1] ?? 0),
    0,
  )
  const got = last.filter(({ msg }) => /^\d+$/.test(msg)).map(({ msg }) => msg)
  expect(new Set(got).size + lost).toBe(1_000)
  expect(last.some(({ msg }) => / lines lost since 2/.test(msg))).toBe(true)
  await until('it is up', async () => (await sinksOf(room, 'late'))[0]?.state === 'up')
  expect((await sinksOf(room, 'late'))[0]).toMatchObject({ state: 'up', lost })
  await until(
    'two events',
    async () => (await room.events()).filter(({ type }) => type === 'sink').length === 2,
  )
  await until('all are in the log', () => room.log('late').endsWith(' 2000\n'))
  expect(room.log('late').split('\n')).toHaveLength(1_001)
})
