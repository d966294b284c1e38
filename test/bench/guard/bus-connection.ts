import { connect } from 'node:net'

/**
 * One kept connection to a system bus, to ask systemd, in the wire format of D-Bus
 * (https://dbus.freedesktop.org/doc/dbus-specification.html), for calls whose arguments are strings
 * (`s`) and lists of strings (`as`).
 */
export interface BusConnection {
  /** The bytes of the body of each reply. @throws where one is an error */
  call(path: string, target: Method, ...words: readonly Argument[]): Promise<Buffer>
  close(): void
}
export type Argument = string | readonly string[]
export interface Method {
  readonly interface: string
  readonly member: string
}

const CALL = 1
const REPLY = 2
const ERROR = 3
const BUS = 'org.freedesktop.DBus'
const SYSTEMD = 'org.freedesktop.systemd1'

export async function openBus(path: string): Promise<BusConnection> {
  const socket = connect(path)
  let received: Buffer = Buffer.alloc(0)
  let serial = 0
  let said: ((error?: Error) => void) | null = null
  let settle: ((reply: Buffer | Error) => void) | null = null
  const spoken = new Promise<void>((done, fail) => {
    said = (error) => (error === undefined ? done() : fail(error))
  })
  socket.on('error', (error) => {
    said?.(error)
    settle?.(error)
  })
  socket.on('data', (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk])
    if (said !== null) greet()
    else read()
  })
  const id = Buffer.from(String(process.getuid?.() ?? 0)).toString('hex')
  socket.write(`\0AUTH EXTERNAL ${id}\r\n`)
  await spoken
  const ask = (to: string, object: string, method: Method, words: readonly Argument[]) => {
    const { interface: name, member } = method
    serial += 1
    const message = messageOf(serial, to, object, name, member, words)
    return new Promise<Buffer>((done, fail) => {
      const timer = setTimeout(() => fail(new Error(`no reply to ${member}`)), 60_000)
      settle = (reply) => {
        settle = null
        clearTimeout(timer)
        if (reply instanceof Error) fail(reply)
        else done(reply)
      }
      socket.write(message)
    })
  }
  await ask(BUS, '/org/freedesktop/DBus', { interface: BUS, member: 'Hello' }, [])
  return {
    call: (object, method, ...words) => ask(SYSTEMD, object, method, words),
    close: () => void socket.destroy(),
  }

  function greet(): void {
    const end = received.indexOf('\r\n')
    if (end < 0) return
    const line = received.toString('latin1', 0, end)
    received = received.subarray(end + 2)
    if (line.startsWith('OK ')) {
      socket.write('BEGIN\r\n')
      said?.()
    } else said?.(new Error(`${path} refused: ${line}`))
    said = null
  }

  function read(): void {
    for (;;) {
      if (received.length < 16) return
      const type = received[1]
      const start = 16 + aligned(received.readUInt32LE(12), 8)
      const length = start + received.readUInt32LE(4)
      if (received.length < length) return
      const body = received.subarray(start, length)
      received = received.subarray(length)
      if (type === REPLY) settle?.(body)
      // The text of an error is its first argument.
      if (type === ERROR) settle?.(new Error(body.toString('utf8', 4)))
    }
  }
}

function aligned(length: number, to: number): number {
  return Math.ceil(length / to) * to
}

function padded(parts: readonly Buffer[], to: number): Buffer {
  const all = Buffer.concat(parts)
  return Buffer.concat([all, Buffer.alloc(aligned(all.length, to) - all.length)])
}

function number(value: number): Buffer {
  const buffer = Buffer.alloc(4)
  buffer.writeUInt32LE(value)
  return buffer
}

function text(value: string): Buffer {
  return Buffer.concat([number(Buffer.byteLength(value)), Buffer.from(`${value}\0`)])
}

export function messageOf(
  serial: number,
  destination: string,
  path: string,
  name: string,
  member: string,
  words: readonly Argument[],
): Buffer {
  const signature = words.map((word) => (typeof word === 'string' ? 's' : 'as')).join('')
  const body = words.reduce<Buffer>((before, word) => {
    const start = padded([before], 4)
    if (typeof word === 'string') return Buffer.concat([start, text(word)])
    const list = word.reduce<Buffer>(
      (all, one) => Buffer.concat([padded([all], 4), text(one)]),
      Buffer.alloc(0),
    )
    return Buffer.concat([start, number(list.length), list])
  }, Buffer.alloc(0))
  const fields: [number, string, string][] = [
    [1, 'o', path],
    [2, 's', name],
    [3, 's', member],
    [6, 's', destination],
  ]
  const parts = fields.map(([code, type, value]) =>
    Buffer.concat([Buffer.from([code, 1]), Buffer.from(`${type}\0`), text(value)]),
  )
  if (signature !== '') {
    const value = Buffer.from([signature.length, ...Buffer.from(signature), 0])
    parts.push(Buffer.concat([Buffer.from([8, 1]), Buffer.from('g\0'), value]))
  }
  // Each field begins at a multiple of eight; what follows the last one is not counted.
  const array = parts.reduce<Buffer>(
    (before, part) => Buffer.concat([padded([before], 8), part]),
    Buffer.alloc(0),
  )
  const head = Buffer.from(['l'.charCodeAt(0), CALL, 0, 1])
  const fixed = Buffer.concat([head, number(body.length), number(serial), number(array.length)])
  return Buffer.concat([padded([fixed, array], 8), body])
}
