import type {
  ControlAnswer,
  ControlHandler,
  ControlRequest,
} from '../model/ports/control-transport.ts'
import { ROLE, refusal } from './access.ts'
import { errorAnswer } from './answers.ts'
import { authorisedApi, serviceOf } from './authorised-api.ts'
import { invalid } from './fields.ts'
import { routeOf } from './find-route.ts'
import type { Call, ControlParts } from './route.ts'

/** What a guard answers to requests: the routes over its api. */
export function controlHandler(parts: ControlParts): ControlHandler {
  return (request) => {
    try {
      const answer = answerTo(parts, request)
      return answer instanceof Promise ? answer.catch((error) => errorAnswer(error)) : answer
    } catch (error) {
      return errorAnswer(error)
    }
  }
}

const NO_QUERY = new URLSearchParams()

function answerTo(
  parts: ControlParts,
  request: ControlRequest,
): ControlAnswer | Promise<ControlAnswer> {
  const { method, target } = request
  const at = target.indexOf('?')
  const path = at === -1 ? target : target.slice(0, at)
  const query = at === -1 ? NO_QUERY : new URLSearchParams(target.slice(at + 1))
  const found = routeOf(method, path)
  if (typeof found === 'number') {
    const what = `${method.slice(0, 20)} ${JSON.stringify(path.slice(0, 200))}`
    return errorAnswer(invalid(`the control API has no ${what}`), found)
  }
  const { route, id, verb, place } = found
  const { api, logs, access, audit, machine } = parts
  const { caller } = request
  if (!access.may(caller, route.needs)) {
    const action = `${method} ${path.slice(0, 200)}`
    const errors = ['RIGHTS']
    if (method === 'POST') audit.append({ caller, action, targets: [], result: 'refused', errors })
    return errorAnswer(refusal(ROLE[route.needs], null, action))
  }
  const call: Call = {
    api: authorisedApi({ api, caller, access, audit }),
    logs,
    may: (permission, service) => access.may(caller, permission, service),
    authorise: (permission, services, action) =>
      access.authorise(caller, permission, services, action),
    trail() {
      access.authorise(caller, 'administer', null, 'read the audit log')
      return parts.trail
    },
    audit: (entry) => audit.append({ ...entry, caller }),
    machine,
    request,
    query,
    id,
    verb,
    place,
  }
  const answer = route.answer(call)
  return answer instanceof Promise ? answer.then(whileAllowed) : whileAllowed(answer)

  /** An answer that goes on ends when the caller may no longer have it. */
  function whileAllowed(given: ControlAnswer): ControlAnswer {
    if ('body' in given) return given
    return { ...given, parts: allowed(given.parts) }
  }

  async function* allowed(all: AsyncIterable<string>): AsyncGenerator<string> {
    for await (const part of all) {
      if (!access.may(caller, route.needs, id === '' ? undefined : serviceOf(id))) return
      yield part
    }
  }
}
