import { SteadError } from '../errors.ts'
import { tokenIdentity } from '../model/control-tcp.ts'
import type {
  ControlAnswer,
  ControlHandler,
  ControlRequest,
} from '../model/ports/control-transport.ts'
import type { Caller } from '../model/ports/guard-api.ts'
import { errorAnswer } from './answers.ts'
import { rateLimit } from './rate-limit.ts'
import { isOwnHost, shows } from './shown.ts'

export interface TcpHandlerParts {
  /** What answers on the socket as well. */
  readonly handler: ControlHandler
  /** True for one that may ask anything at all. */
  readonly allow: (caller: Caller) => boolean
  /** Host names that are its own, in lower case. */
  readonly names: readonly string[]
  /** Those that can be read now; what cannot is shown by nobody. */
  readonly tokens: () => readonly { readonly name: string; readonly token: string }[]
  /** Milliseconds on a clock that never jumps. */
  readonly now: () => number
}

/** Of one address: enough for a screen that is looked at, and for scripts; streams are one request. */
const REQUESTS = { burst: 200, perSecond: 50 }
/** Of one address: nobody mistypes a token oftener, and nobody guesses one at this rate. */
const FAILURES = { burst: 10, perSecond: 10 / 60 }

/**
 * The control API for those who come over TCP, where no kernel says who it is: they show a token, or a
 * certificate that the transport has checked. What they may do is decided as for everybody else.
 */
export function tcpHandler(parts: TcpHandlerParts): ControlHandler {
  const requests = rateLimit(REQUESTS, parts.now)
  const failures = rateLimit(FAILURES, parts.now)

  function refusalOf(request: ControlRequest, address: string): ControlAnswer | null {
    if (!requests.take(address)) return tooMany(address, requests.wait(address))
    if (!failures.has(address)) return tooMany(address, failures.wait(address))
    const { headers } = request
    // A page in a browser may send requests here under a name of its own choice, or with its user's certificate.
    if (headers.origin !== undefined) return refused('another origin has no business here')
    if (!isOwn(headers.host, parts.names)) {
      return refused('this is no host name of the guard; control.tcp.hosts lists those that are')
    }
    return null
  }

  return (request) => {
    const { address = 'somewhere', identity: certificate } = request.caller
    const refusal = refusalOf(request, address)
    if (refusal !== null) return refusal
    const { authorization } = request.headers
    const identity =
      authorization === undefined ? certificate : identityOf(authorization, parts.tokens())
    if (identity === undefined) {
      failures.take(address)
      return unauthenticated(
        authorization === undefined ? 'no token was shown' : 'the token is not known',
      )
    }
    // Nothing of what the transport has made up for a caller is passed on but who it is.
    const caller: Caller = { uid: null, pid: null, identity, address }
    if (!parts.allow(caller)) {
      failures.take(address)
      return refused(`${identity} has no role`)
    }
    return parts.handler({ ...request, caller })
  }
}

/** Every token is compared with, whichever it is. */
function identityOf(
  shown: string | readonly string[],
  tokens: readonly { readonly name: string; readonly token: string }[],
): string | undefined {
  const found = tokens.filter(({ token }) => shows(shown, token))
  return found[0] === undefined ? undefined : tokenIdentity(found[0].name)
}

function isOwn(host: string | readonly string[] | undefined, names: readonly string[]): boolean {
  if (isOwnHost(host)) return true
  const name = typeof host === 'string' ? /^([a-z0-9.-]+)(:\d{1,5})?$/i.exec(host)?.[1] : undefined
  return name !== undefined && names.includes(name.toLowerCase())
}

function refused(problem: string): ControlAnswer {
  return errorAnswer(new SteadError('NOT_AUTHENTICATED', { problem }), 403)
}

function unauthenticated(problem: string): ControlAnswer {
  const answer = errorAnswer(new SteadError('NOT_AUTHENTICATED', { problem }))
  return { ...answer, headers: { 'WWW-Authenticate': 'Bearer' } } as ControlAnswer
}

function tooMany(address: string, seconds: number): ControlAnswer {
  const answer = errorAnswer(new SteadError('TOO_MANY_REQUESTS', { address, seconds }))
  return { ...answer, headers: { 'Retry-After': String(seconds) } } as ControlAnswer
}
