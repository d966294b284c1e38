import type { EtcdRemote } from '../../model/remote-spec.ts'
import { MASK } from '../../model/secret-names.ts'
import { askRemote, linesOfRemote, plainWords, type RemoteQuestion } from './ask-remote.ts'
import type { RemoteParts } from './remote-parts.ts'
import { remoteSecret } from './remote-secret.ts'
import { jsonIn, MAX_ANSWER, mapIn } from './stored-keys.ts'

type Told = Readonly<Record<string, unknown>>

/** Calls of the JSON gateway, to one member after the other until one answers, with a token where there is a user. */
export interface EtcdCalls {
  ask(path: string, body: object, signal: AbortSignal): Promise<Told>
  /** What watches tell, message by message; all of them are one stream. */
  watch(requests: readonly object[], signal: AbortSignal): AsyncGenerator<Told>
}

export function etcdCalls(spec: EtcdRemote, { variables }: RemoteParts): EtcdCalls {
  const { endpoints, user } = spec
  /** Who is asked: the last that has answered. */
  let at = 0
  /** Tokens of users are known to the whole cluster, and end after some minutes. */
  let token: string | null = null

  async function ask(path: string, body: object, signal: AbortSignal): Promise<Told> {
    const problems: string[] = []
    for (let tries = 0; tries < endpoints.length; tries += 1) {
      try {
        return await withToken(() => once(path, body, signal), signal)
      } catch (error) {
        signal.throwIfAborted()
        const { message } = error as Error
        problems.push(endpoints.length === 1 ? message : `${endpoints[at]}: ${message}`)
        at = (at + 1) % endpoints.length
      }
    }
    throw new Error(problems.join('; '))
  }

  /** A token that is not known any more is had anew, once. */
  async function withToken<T>(call: () => Promise<T>, signal: AbortSignal): Promise<T> {
    if (user === null) return call()
    const isNew = token === null
    token ??= await authenticate(signal)
    try {
      return await call()
    } catch (error) {
      if (isNew || !(error instanceof TokenRefused)) throw error
      token = await authenticate(signal)
      return call()
    }
  }

  async function authenticate(signal: AbortSignal): Promise<string> {
    const password = remoteSecret(spec.secret, variables)
    if (password === null) throw new Error(`there is no password for ${user}`)
    const credentials = { name: user, password }
    token = null
    try {
      const answer = await once('/v3/auth/authenticate', credentials, signal)
      if (typeof answer.token === 'string' && answer.token !== '') return answer.token
    } catch (error) {
      // Who is asked may say what it was told.
      const words = (error as Error).message.replaceAll(password, MASK)
      throw new Error(`it does not let ${user} in: ${words}`)
    }
    throw new Error(`it does not let ${user} in: its answer has no token`)
  }

  async function once(path: string, body: object, signal: AbortSignal): Promise<Told> {
    const { status, body: bytes } = await askRemote(question(path, JSON.stringify(body), signal))
    const text = bytes.toString()
    if (status === 200) return mapIn(jsonIn(text))
    throw refusalIn(text, `HTTP ${status}: ${plainWords(text).trim()}`)
  }

  function question(path: string, body: string, signal: AbortSignal): RemoteQuestion {
    return {
      method: 'POST',
      url: new URL(`${(endpoints[at] as string).replace(/\/$/, '')}${path}`),
      tls: spec.tls,
      headers: {
        'content-type': 'application/json',
        ...(token === null ? {} : { authorization: token }),
      },
      body,
      timeout: spec.timeout,
      longest: MAX_ANSWER,
      signal,
    }
  }

  return {
    ask,
    async *watch(requests, signal) {
      const body = requests.map((one) => JSON.stringify(one)).join('\n')
      for await (const line of linesOfRemote(question('/v3/watch', body, signal))) {
        if (line.trim() === '') continue
        const { result, error } = mapIn(jsonIn(line))
        if (error !== undefined) throw refusalIn(line, 'it has ended the watch')
        yield mapIn(result)
      }
    },
  }
}

class TokenRefused extends Error {}

/** Status UNAUTHENTICATED of gRPC, as the gateway has it. */
const UNAUTHENTICATED = 16

function refusalIn(text: string, otherwise: string): Error {
  let told: Told = {}
  try {
    told = mapIn(jsonIn(text))
  } catch {
    // A proxy may answer in its own words, which say less than the status.
  }
  const inner = typeof told.error === 'object' && told.error !== null ? (told.error as Told) : told
  const code = inner.code ?? inner.grpc_code
  const words = typeof inner.message === 'string' ? inner.message : inner.error
  const message = typeof words === 'string' ? plainWords(words) : otherwise
  // A role that was changed makes tokens old as well ("revision in header is old").
  const isOld = code === UNAUTHENTICATED || (message.includes('auth') && message.includes('old'))
  return isOld ? new TokenRefused(message) : new Error(message)
}
