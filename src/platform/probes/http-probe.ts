import type { ClientRequest, RequestOptions } from 'node:http'
import type { ProbeOptions, ProbeOutcome } from '../../model/ports/probe.ts'
import { oneOutcome, reasonOf } from './outcome.ts'

/** What is accepted of a head, in bytes; the body is not read. */
const LARGEST_HEAD = 16 * 1024
const UNIX = /^http:\/\/unix:(\/[^:]+):(\/.*)?$/

/** GET on a connection of its own that is closed when the head of the answer is there. */
export function httpProbe(url: string, options: ProbeOptions): Promise<ProbeOutcome> {
  return oneOutcome(options, (end) => {
    const client = request(url)
    client.on('error', (error) => end(false, reasonOf(error)))
    client.on('response', (answer) => {
      const status = answer.statusCode ?? 0
      end(status >= 200 && status < 400, `${status} ${http().STATUS_CODES[status] ?? ''}`.trim())
    })
    client.end()
    // The answer's body, however long it is, goes with the connection.
    return () => client.destroy()
  })
}

/** Imported by a statement it would load all that its getters stand for. */
const http = (): typeof import('node:http') => process.getBuiltinModule('node:http')

function request(url: string): ClientRequest {
  const settings: RequestOptions = {
    method: 'GET',
    agent: false,
    maxHeaderSize: LARGEST_HEAD,
    headers: { connection: 'close', 'user-agent': 'stead', accept: '*/*' },
  }
  const unix = UNIX.exec(url)
  if (unix !== null) {
    const [, socketPath = '', path = '/'] = unix
    return http().request({ ...settings, socketPath, path, host: 'localhost' })
  }
  const { protocol } = new URL(url)
  if (protocol === 'https:') return process.getBuiltinModule('node:https').request(url, settings)
  return http().request(url, settings)
}
