/** The journal as a sink: a real systemd-journald. */
import { describe, expect, test } from 'vitest'
import { datagramTransport } from '../../../src/platform/sinks/unix-datagrams.ts'
import { journaldEntry } from '../../../src/sinks/journald-fields.ts'
import { until } from '../../contract/until.ts'
import { lineRecord } from '../../fixtures/line-record.ts'
import { hasJournald, journald } from './journald.ts'
import { openRoom } from './room.ts'

const never = new AbortController().signal

describe.skipIf(!hasJournald)('systemd-journald', () => {
  test('gets each line with all its fields, bytes of any kind among them', async () => {
    const journal = await journald()
    const script = `echo '<3>broken'; echo '{"traceId":"4bf92f35"}' >&2; printf 'a\\000b\\377c\\n'; exec sleep 1000`
    const room = openRoom({
      api: {
        command: ['/bin/sh', '-c', script],
        instances: 2,
        log: { format: 'off', sinks: [{ journald: journal.socket }] },
      },
    })
    const guard = await room.up()
    const entries = await until('six entries', () => {
      const found = journal.entries('STEAD_SERVICE=api')
      return found.length >= 6 && found
    })
    const { pid } = await room.one('api@2')
    const own = entries.filter(({ STEAD_INSTANCE }) => STEAD_INSTANCE === '2')
    expect(own.map(({ STEAD_SEQUENCE }) => STEAD_SEQUENCE).sort()).toEqual(['1', '2', '3'])
    const broken = own.find(({ PRIORITY }) => PRIORITY === '3')
    expect(broken).toMatchObject({
      MESSAGE: 'broken',
      SYSLOG_IDENTIFIER: 'api',
      SYSLOG_PID: String(pid),
      STEAD_SERVICE: 'api',
      STEAD_STREAM: 'stdout',
      STEAD_INCARNATION: '1',
      OBJECT_PID: String(pid),
      // Journald itself found these: it takes OBJECT_PID from one that may do everything.
      OBJECT_COMM: expect.stringMatching(/^(sh|sleep)$/) as string,
      OBJECT_UID: '0',
      _PID: String(guard.pid),
      _TRANSPORT: 'journal',
    })
    expect(own.find(({ TRACE_ID }) => TRACE_ID === '4bf92f35')).toMatchObject({
      PRIORITY: '6',
      STEAD_STREAM: 'stderr',
    })
    const bytes = own.find(({ MESSAGE }) => Array.isArray(MESSAGE))
    expect(bytes?.MESSAGE).toEqual([0x61, 0, 0x62, 0xff, 0x63])
    expect(room.log('api')).toBe('')
  })

  test('gets what no datagram can carry as a sealed file', async () => {
    const journal = await journald()
    const transport = datagramTransport(journal.socket, (one) => [journaldEntry(one)], {
      memfd: true,
      sendBuffer: 4_096,
    })
    const source = { service: 'big', instance: 1 }
    const record = lineRecord(`${'x'.repeat(60_000)}\nand a second line`, { source })
    expect(await transport.send([record], never)).toEqual({ kind: 'done' })
    transport.close()
    const [entry] = await until('the entry', () => {
      const found = journal.entries('STEAD_SERVICE=big')
      return found.length > 0 && found
    })
    expect(entry?.MESSAGE).toBe(String(record.text))
  })

  test('that is not there says so, and is tried again', async () => {
    const transport = datagramTransport('/run/no/such/socket', (one) => [journaldEntry(one)], {
      memfd: true,
    })
    const outcome = await transport.send([lineRecord('x')], never)
    expect(outcome).toEqual({ kind: 'part', count: 0, why: 'ENOENT' })
    transport.close()
  })
})
