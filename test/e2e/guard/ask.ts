import { request } from 'node:http'

export interface Reply {
  readonly status: number
  readonly text: string
}

/** One request to a control socket, on a connection of its own, as any HTTP client makes it. */
export function ask(
  socketPath: string,
  path: string,
  options: { readonly method?: string; readonly body?: string } = {},
): Promise<Reply> {
  const { method = 'GET', body } = options
  return new Promise((done, fail) => {
    const asked = request({ socketPath, path, method, agent: false, timeout: 45_000 }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (part: string) => {
        text += part
      })
      answer.once('error', fail)
      answer.once('end', () => done({ status: answer.statusCode ?? 0, text }))
    })
    asked.once('timeout', () => asked.destroy(new Error(`no answer to ${path}`)))
    asked.once('error', fail)
    asked.end(body)
  })
}
