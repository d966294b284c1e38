import { expect, test } from 'vitest'
import type { emptyDraft } from '../draft.ts'
import type { Source } from '../source.ts'
import { importSystemd } from './import.ts'

const SERVICE = '[Service]\nExecStart=/bin/web\n'

function drafted(
  files: Readonly<Record<string, string>>,
  path: string,
): ReturnType<typeof emptyDraft> {
  const source: Source = {
    path,
    base: '/u',
    machine: { host: 'box', user: 'me', home: '/home/me' },
    files: {
      readText: (one) => files[one.replace(/^\/u\//, '')] ?? null,
      names: (one) => (one === '/u' ? Object.keys(files).toSorted() : null),
      canExecute: () => true,
    },
  }
  return importSystemd(source)
}

test('a unit that is imported alone brings the sockets of the same name', () => {
  const files = { 'web.service': SERVICE, 'web.socket': '[Socket]\nListenStream=80\n' }
  const { services, losses } = drafted(files, '/u/web.service')
  expect(services[0]?.settings.sockets).toEqual({ 'web.socket': { tcp: 80 } })
  expect(losses).toEqual([])
})

test('a unit without sockets has none', () => {
  const { services } = drafted({ 'web.service': SERVICE }, '/u/web.service')
  expect(services[0]?.settings).not.toHaveProperty('sockets')
})

test.each([
  ['a name of a host', 'ListenStream=localhost:80'],
  ['an abstract address', 'ListenStream=@web'],
  ['a virtual machine', 'ListenStream=vsock::80'],
  ['datagrams at a path', 'ListenDatagram=/run/web.sock'],
  ['packets in sequence', 'ListenSequentialPacket=/run/web.sock'],
  ['a FIFO', 'ListenFIFO=/run/web.fifo'],
])('%s is told as lost', (_, line) => {
  const files = { 'web.service': SERVICE, 'web.socket': `[Socket]\n${line}\n` }
  const { services, losses } = drafted(files, '/u')
  expect(services[0]?.settings).not.toHaveProperty('sockets')
  const why = 'a guard listens on TCP, UDP and unix stream sockets'
  expect(losses).toMatchObject([{ service: 'web', setting: line.split('=')[0], line: 2, why }])
})
