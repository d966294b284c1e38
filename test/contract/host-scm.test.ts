import { scmHost } from '../../src/hosts/scm/scm-host.ts'
import { SCM_CONTROLS } from '../../src/model/scm-values.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { fakeScmConversation } from '../fakes/scm-conversation.ts'
import { type HostRequest, hostContract } from './host.ts'
import { ENDS_THE_PROCESS, runInProcess } from './host-in-process.ts'

const CODES: Readonly<Record<HostRequest, number>> = {
  stop: SCM_CONTROLS.stop,
  reload: SCM_CONTROLS.paramChange,
  pause: SCM_CONTROLS.pause,
  resume: SCM_CONTROLS.resume,
  interrogate: SCM_CONTROLS.interrogate,
}

/** The SCM's words for the lifecycle's; it has none for a reload. */
const STATES: Readonly<Record<string, string>> = {
  'start-pending': 'starting',
  running: 'running',
  'pause-pending': 'pausing',
  paused: 'paused',
  'continue-pending': 'resuming',
  'stop-pending': 'stopping',
  stopped: 'stopped',
}

hostContract('the SCM, in a conversation with nobody', {
  skip: { 'S04 --then': ENDS_THE_PROCESS },
  async run(args) {
    const fake = fakeScmConversation()
    const lines: string[] = []
    const sink = { write: (line: string) => void lines.push(line), close() {} }
    const host = scmHost({ conversation: fake.conversation, clock: systemClock(), sink })
    return runInProcess(
      {
        host,
        ask: (request) => fake.send(CODES[request]),
        states: () => fake.states.map((state) => STATES[state] ?? state),
        log: () => lines.join('\n'),
      },
      args,
    )
  },
})
