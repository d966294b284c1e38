/**
 * Stands in for Redis where that is not installed: PING, GET, SET and INCR of its protocol (RESP),
 * kept in memory. `--port N` is the port.
 */
import { createServer, type Socket } from 'node:net'

const at = process.argv.indexOf('--port')
const port = at === -1 ? 16_379 : Number(process.argv[at + 1])
const values = new Map<string, string>()

const server = createServer((socket) => {
  let pending = Buffer.alloc(0)
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk) => {
    pending = Buffer.concat([pending, chunk])
    if (pending.length > 1_000_000) return void socket.destroy()
    for (let read = command(pending); read !== null; read = command(pending)) {
      pending = pending.subarray(read.length)
      socket.write(answer(read.words))
    }
  })
  open.add(socket)
  socket.on('close', () => open.delete(socket))
})
const open = new Set<Socket>()
server.listen(port, '127.0.0.1', () => console.log(`listening on 127.0.0.1:${port}`))

process.on('SIGTERM', () => {
  server.close()
  for (const socket of open) socket.destroy()
})

/** The first command in `bytes`, `*COUNT` and then `$LENGTH` and text each; null while part of it is missing. */
function command(bytes: Buffer): { words: string[]; length: number } | null {
  let position = 0
  const header = (): number | null => {
    const end = bytes.indexOf('\r\n', position)
    if (end === -1) return null
    const number = Number.parseInt(bytes.toString('latin1', position + 1, end), 10)
    position = end + 2
    return number
  }
  const count = header()
  if (count === null) return null
  const words: string[] = []
  for (let i = 0; i < count; i += 1) {
    const length = header()
    if (length === null || bytes.length < position + length + 2) return null
    words.push(bytes.toString('utf8', position, position + length))
    position += length + 2
  }
  return { words, length: position }
}

function answer([name = '', key = '', value = '']: readonly string[]): string {
  const known = values.get(key)
  switch (name.toUpperCase()) {
    case 'PING':
      return '+PONG\r\n'
    case 'GET':
      return known === undefined ? '$-1\r\n' : `$${Buffer.byteLength(known)}\r\n${known}\r\n`
    case 'SET':
      values.set(key, value)
      return '+OK\r\n'
    case 'INCR': {
      const next = Number(known ?? 0) + 1
      if (!Number.isSafeInteger(next)) return '-ERR value is not an integer or out of range\r\n'
      values.set(key, String(next))
      return `:${next}\r\n`
    }
    default:
      return `-ERR unknown command '${name}'\r\n`
  }
}
