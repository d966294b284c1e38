import { type ErrorCode, isSteadError, SteadError, type ToldError } from '../errors.ts'
import type { ControlAnswer } from '../model/ports/control-transport.ts'

export const JSON_TYPE = 'application/json; charset=utf-8'
export const TEXT_TYPE = 'text/plain; charset=utf-8'
export const EVENT_TYPE = 'text/event-stream; charset=utf-8'

/** An answer in the shape that all have: the value as JSON. */
export function jsonAnswer(value: unknown, status = 200): ControlAnswer {
  return { status, type: JSON_TYPE, body: JSON.stringify(value) }
}

/** What went wrong, with the HTTP status that fits. What is no SteadError is a defect of ours. */
export function errorAnswer(error: unknown, status?: number): ControlAnswer {
  const known = isSteadError(error)
    ? error
    : new SteadError('INTERNAL', {
        detail: error instanceof Error ? error.message : String(error),
      })
  const { code, message, hint } = known
  const told: ToldError = { code, message, hint }
  return jsonAnswer({ error: told }, status ?? statusOf(known))
}

const STATUS: Partial<Record<ErrorCode, number>> = {
  REQUEST_TOO_LARGE: 413,
  NOT_AUTHENTICATED: 401,
  TOO_MANY_REQUESTS: 429,
  BUSY: 409,
  TRANSITION_ILLEGAL: 409,
  VERB_UNSUPPORTED: 409,
  GUARD_RUNNING: 409,
  GUARD_BUSY: 503,
  VERB_TIMEOUT: 504,
  START_TIMEOUT: 504,
  STOP_TIMEOUT: 504,
  PLATFORM_UNSUPPORTED: 501,
}

/** By code where it says more than the exit code of the command line, which fits otherwise. */
function statusOf({ code, exit }: SteadError): number {
  const named = STATUS[code]
  if (named !== undefined) return named
  switch (exit) {
    case 2:
      return 400
    case 4:
      return 403
    case 5:
      return 404
    case 6:
    case 7:
      return 409
    default:
      return 500
  }
}
