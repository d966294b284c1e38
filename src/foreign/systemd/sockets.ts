import { basename } from 'node:path'
import type { DraftService } from '../draft.ts'
import type { Assignment } from './unit-file.ts'
import { specified } from './words.ts'

/** What is in every unit, and says nothing of its sockets. */
const PLAIN = /^(Description|Documentation|WantedBy|RequiredBy|PartOf|Before|After|Service|Accept)$/
/** What goes into each of its sockets. */
const DETAILS = ['Backlog', 'SocketMode', 'SocketUser', 'SocketGroup', 'FileDescriptorName']

type Address =
  | { readonly tcp: string | number }
  | { readonly udp: string }
  | { readonly unix: string }

/** The service that a unit of systemd.socket(5) hands its sockets to. */
export function serviceOfSocket(unit: string, settings: readonly Assignment[]): string {
  const named = settings.findLast(({ name }) => name === 'Service')?.value
  return named ?? unit.replace(/\.socket$/, '.service')
}

/** Whether a process is started for each connection, which no guard does. */
export function isPerConnection(settings: readonly Assignment[]): boolean {
  const accept = settings.findLast(({ name }) => name === 'Accept')?.value ?? 'no'
  return /^(1|yes|y|true|t|on)$/i.test(accept)
}

/** Adds the sockets of a unit to its service; what of it stead has not is told. */
export function addSockets(
  service: DraftService,
  unit: string,
  settings: readonly Assignment[],
  machine: { readonly host: string },
): void {
  const facts = { unit, host: machine.host, user: 'root', home: '/root' }
  const last = (name: string): string | undefined =>
    settings.findLast((one) => one.name === name)?.value
  const backlog = Number(last('Backlog'))
  const sockets: Record<string, unknown> = { ...(service.settings.sockets as object | undefined) }
  let first: Assignment | null = null
  for (const one of settings) {
    const { name, value } = one
    if (PLAIN.test(name) || DETAILS.includes(name)) continue
    const text = specified(value, facts, (why) => service.lose(name, one, why))
    const address = addressOf(name, text)
    if (address === null) {
      service.lose(
        name,
        one,
        whyNot(name),
        name.startsWith('Listen') ? 'sockets: a port, or a unix socket with a path' : null,
      )
      continue
    }
    first ??= one
    const details = {
      ...address,
      ...('unix' in address ? ownersOf(last) : {}),
      ...('udp' in address || !Number.isInteger(backlog) ? {} : { backlog }),
    }
    // Names tell sockets of one service from each other; systemd lets several have the same.
    sockets[freeName(last('FileDescriptorName') ?? basename(unit), sockets)] = details
  }
  if (first !== null) service.set('sockets', sockets, { place: first, setting: first.name })
}

/** null for what is no address that a guard can listen on. */
function addressOf(name: string, text: string): Address | null {
  const isPlace = /^(\d+|\d+\.\d+\.\d+\.\d+:\d+|\[[0-9a-f:.]+\]:\d+)$/i.test(text)
  if (name === 'ListenStream') {
    if (isPlace) return { tcp: /^\d+$/.test(text) ? Number(text) : text }
    return text.startsWith('/') ? { unix: text } : null
  }
  return name === 'ListenDatagram' && isPlace ? { udp: text } : null
}

function ownersOf(last: (name: string) => string | undefined): Readonly<Record<string, string>> {
  const [mode, owner, group] = [last('SocketMode'), last('SocketUser'), last('SocketGroup')]
  return {
    ...(mode === undefined ? {} : { mode }),
    ...(owner === undefined ? {} : { owner }),
    ...(group === undefined ? {} : { group }),
  }
}

function freeName(name: string, taken: Readonly<Record<string, unknown>>): string {
  let free = name
  for (let number = 2; free in taken; number += 1) free = `${name}-${number}`
  return free
}

function whyNot(name: string): string {
  return name.startsWith('Listen')
    ? 'a guard listens on TCP, UDP and unix stream sockets'
    : 'the sockets of a guard have no such setting'
}
