import { connect } from 'node:net'
import type { ProbeOptions, ProbeOutcome } from '../../model/ports/probe.ts'
import { oneOutcome, reasonOf } from './outcome.ts'

/** Connects, says nothing and hangs up. */
export function tcpProbe(host: string, port: number, options: ProbeOptions): Promise<ProbeOutcome> {
  return oneOutcome(options, (end) => {
    const socket = connect({ host, port })
    socket.on('error', (error) => end(false, reasonOf(error)))
    socket.on('connect', () => end(true, 'connected'))
    return () => socket.destroy()
  })
}
