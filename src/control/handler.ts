import type {
  ControlAnswer,
  ControlHandler,
  ControlRequest,
} from '../model/ports/control-transport.ts'
import { errorAnswer } from './answers.ts'
import { invalid } from './body-fields.ts'
import { type ControlParts, routeOf } from './routes.ts'

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
  const { route, id, verb } = found
  return route.answer({ ...parts, request, query, id, verb })
}
