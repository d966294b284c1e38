import type { Control } from '../../src/model/ports/host.ts'
import { fakeHost } from '../fakes/host.ts'
import { type HostRequest, hostContract } from './host.ts'
import { ENDS_THE_PROCESS, runInProcess } from './host-in-process.ts'

const controlOf = (request: HostRequest): Control =>
  request === 'stop' ? { type: 'stop', reason: 'request', force: false } : { type: request }

hostContract('the fake one', {
  skip: { 'S04 --then': ENDS_THE_PROCESS },
  async run(args) {
    const host = fakeHost()
    return runInProcess(
      {
        host,
        ask: (request) => host.send(controlOf(request)),
        states: () => host.reports,
        log: () => host.logs.map(({ message }) => message).join('\n'),
      },
      args,
    )
  },
})
