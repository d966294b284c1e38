import { withoutSecrets } from '../secrets.ts'
import { windowsWords } from '../windows-words.ts'
import { winswDuration } from './duration.ts'
import { at, milliseconds, type WinswService } from './service.ts'

/** `stoptimeout` of WinSW's docs. */
const TIMEOUT = 15_000

/**
 * `stopexecutable` and its arguments; or Ctrl-C, and WM_CLOSE for a program without a console
 * (CloseMainWindow). Then what is left is ended.
 */
export function setStop(one: WinswService): void {
  const { service, root, expand } = one
  const timeout = root.first('stoptimeout')
  const asked = timeout === null ? TIMEOUT : winswDuration(timeout.text)
  if (timeout !== null && asked === null)
    service.lose('stoptimeout', timeout.place, 'it is not a time such as "10 sec"')
  const wait = milliseconds(Math.max(asked ?? TIMEOUT, 1))
  const list = root.all('stopargument')
  const line = root.first('stoparguments')
  const executable = root.first('stopexecutable')
  const origin = at(executable ?? list[0] ?? line ?? timeout ?? root)
  if (list.length === 0 && line === null && executable === null) {
    const asked = ['CTRL_C', 'WM_CLOSE'].map((signal) => ({ signal, wait }))
    service.set('stop', asked, { ...origin, setting: 'stoptimeout' })
  } else {
    const own = (service.settings.command as readonly string[] | undefined)?.[0] ?? ''
    const program = executable === null ? own : expand(executable.text, executable)
    const words =
      list.length > 0
        ? list.map((item) => expand(item.text, item))
        : windowsWords(line === null ? '' : expand(line.text, line))
    service.set(
      'stop',
      [{ command: [program, ...withoutSecrets(service, words, origin)], wait }],
      origin,
    )
  }
  const parent = root.first('stopparentprocessfirst')
  if (parent !== null && /^false$/i.test(parent.text))
    service.lose(
      'stopparentprocessfirst',
      parent.place,
      'the program is asked first, and what it has started is ended at last',
    )
}
