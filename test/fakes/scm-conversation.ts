import type {
  ControlDetail,
  EventRecord,
  ScmConversation,
} from '../../src/model/ports/scm-conversation.ts'
import type { ScmState } from '../../src/model/scm-values.ts'

export interface FakeScmConversation {
  readonly conversation: ScmConversation
  /** The SCM sends a control. */
  send(control: number, detail?: ControlDetail): void
  readonly states: ScmState[]
  /** Patience of each state, in the same order; zero at the end. */
  readonly patience: number[]
  /** dwControlsAccepted, and whether 128 to 255 are taken, as they are now. */
  accepted: { bits: number; custom: boolean }
  readonly events: EventRecord[]
  /** dwWin32ExitCode and dwServiceSpecificExitCode of STOPPED. */
  finished: { win32: number; specific: number } | null
  closed: boolean
}

/**
 * A conversation with nobody, in place of the SCM, which only Windows has: it keeps what the host says and sends what a test
 * wants sent. `test/e2e/wine/host.suite.ts` holds the host against the real one.
 */
export function fakeScmConversation(facts: Partial<ScmConversation> = {}): FakeScmConversation {
  const early: [number, ControlDetail][] = []
  let receive = (control: number, detail: ControlDetail): void => void early.push([control, detail])
  const fake: FakeScmConversation = {
    send: (control, detail = { eventType: 0, data: new Uint8Array() }) => receive(control, detail),
    states: [],
    patience: [],
    accepted: { bits: 0, custom: false },
    events: [],
    finished: null,
    closed: false,
    conversation: {
      serviceName: 'fake',
      startArguments: [],
      record: null,
      ...facts,
      listen(receiver) {
        receive = receiver
        for (const [control, detail] of early.splice(0)) receiver(control, detail)
      },
      accept(bits, custom) {
        fake.accepted = { bits, custom }
      },
      report(state, patience) {
        fake.states.push(state)
        fake.patience.push(patience)
      },
      event: (record) => void fake.events.push(record),
      finish(win32, specific) {
        fake.finished = { win32, specific }
        fake.states.push('stopped')
        fake.patience.push(0)
      },
      flush() {},
      async close() {
        fake.closed = true
      },
    },
  }
  return fake
}
