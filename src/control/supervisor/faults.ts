/** Codes of faults as supervisor 4 has them (its `Faults`); clients know them by number. */
export const FAULTS = {
  UNKNOWN_METHOD: 1,
  INCORRECT_PARAMETERS: 2,
  BAD_ARGUMENTS: 3,
  SIGNATURE_UNSUPPORTED: 4,
  SHUTDOWN_STATE: 6,
  BAD_NAME: 10,
  BAD_SIGNAL: 11,
  NO_FILE: 20,
  NOT_EXECUTABLE: 21,
  FAILED: 30,
  ABNORMAL_TERMINATION: 40,
  SPAWN_ERROR: 50,
  ALREADY_STARTED: 60,
  NOT_RUNNING: 70,
  SUCCESS: 80,
  ALREADY_ADDED: 90,
  STILL_RUNNING: 91,
  CANT_REREAD: 92,
} as const

export type FaultName = keyof typeof FAULTS

/** What a method throws where supervisor answers with a fault. */
export class RpcFault extends Error {
  readonly code: number

  /** @param about what it is about, such as the name that is not known */
  constructor(name: FaultName, about?: string) {
    super(about === undefined ? name : `${name}: ${about}`)
    this.code = FAULTS[name]
  }
}
