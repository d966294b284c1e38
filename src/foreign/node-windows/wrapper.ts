import { unknownSetting } from '../loss.ts'
import { withoutSecrets } from '../secrets.ts'
import { windowsPath } from '../windows-variables.ts'
import { at, homeOf, milliseconds, type WinswService } from '../winsw/service.ts'
import type { Element } from '../winsw/xml.ts'

/** Options of lib/wrapper.js of node-windows, with their short names. */
const OPTIONS: ReadonlyMap<string, string> = new Map([
  ['f', 'file'],
  ['d', 'cwd'],
  ['l', 'log'],
  ['e', 'eventlog'],
  ['m', 'maxretries'],
  ['r', 'maxrestarts'],
  ['w', 'wait'],
  ['g', 'grow'],
  ['a', 'abortonerror'],
  ['s', 'stopparentfirst'],
  ['scriptoptions', 'scriptoptions'],
])
const NAMES = [...OPTIONS.values()]

interface Option {
  readonly value: string
  readonly element: Element
}

/** In the place of wrapper.js comes what it does. */
export function setWrapped(one: WinswService): void {
  const { service, root, source, expand } = one
  const words = root.all('argument')
  const wrapper = words.findIndex(({ text }) => /(^|[\\/])wrapper\.js$/i.test(text))
  if (wrapper === -1) {
    service.lose(
      'argument',
      root.place,
      'wrapper.js is not among them: it is imported as WinSW has it',
    )
    return
  }
  const options = optionsOf(one, words.slice(wrapper + 1))
  const script = options.get('file')
  const runtime = root.first('executable')
  const node = runtime === null || runtime.text === '' ? 'node' : expand(runtime.text, runtime)
  const flags = words.slice(0, wrapper).map((flag) => expand(flag.text, flag))
  const kept = flags.filter((flag) => flag !== '' && flag !== '--harmony')
  if (kept.length < flags.length)
    service.note('--harmony, which node-windows gives without being asked, is left out.')
  const given = options.get('scriptoptions')
  // It is what String(undefined) and an empty setting make.
  const rest =
    given === undefined || /^(undefined|null|)$/.test(given.value) ? [] : given.value.split(' ')
  const origin = at(given?.element ?? root)
  service.set(
    'command',
    script === undefined || script.value === ''
      ? []
      : [
          node,
          ...kept,
          expand(script.value, script.element),
          ...withoutSecrets(service, rest, origin),
        ],
    { place: script?.element.place ?? root.place, setting: '--file' },
  )
  const cwd = options.get('cwd')
  if (cwd !== undefined)
    service.set(
      'cwd',
      windowsPath(homeOf(source), expand(cwd.value, cwd.element), source.base),
      at(cwd.element),
    )
  setRestart(one, options)
  const stop = options.get('stopparentfirst')
  if (stop !== undefined && /^(y|yes|true)$/i.test(stop.value))
    service.lose(
      '--stopparentfirst',
      stop.element.place,
      'the message "shutdown" needs a channel that stead does not open',
      'listen for SIGINT, which Ctrl-C is for node',
    )
  const log = options.get('log') ?? options.get('eventlog')
  if (log !== undefined)
    service.note('wrapper.js told the Event Log of its restarts; "stead events" does here.')
}

function optionsOf(
  { service, expand }: WinswService,
  words: readonly Element[],
): Map<string, Option> {
  const options = new Map<string, Option>()
  for (let index = 0; index < words.length; index += 1) {
    const element = words[index] as Element
    const match = /^--?([A-Za-z]\w*)(?:=(.*))?$/s.exec(element.text)
    const short = match?.[1] ?? ''
    const name = OPTIONS.get(short) ?? (NAMES.includes(short) ? short : null)
    if (match === null || name === null) {
      // Its value may be anything, and is not told.
      const told = match === null ? 'argument' : `--${short.slice(0, 40)}`
      service.lose(told, element.place, unknownSetting(short, NAMES))
      continue
    }
    const next = words[index + 1]
    if (match[2] !== undefined) options.set(name, { value: expand(match[2], element), element })
    else if (next !== undefined) {
      index += 1
      options.set(name, { value: expand(next.text, next), element })
    }
  }
  return options
}

/** `wait` seconds, times 1 + `grow` after each restart; `maxrestarts` starts within a minute are its end. */
function setRestart({ service, root }: WinswService, options: ReadonlyMap<string, Option>): void {
  const number = (name: string, usual: number, most: number): number => {
    const option = options.get(name)
    if (option === undefined || option.value === '') return usual
    const value = Number(option.value)
    if (Number.isFinite(value) && value >= 0 && value <= most) return value
    service.lose(`--${name}`, option.element.place, `it has to be a number from 0 to ${most}`)
    return usual
  }
  const place = (options.get('wait') ?? options.get('maxrestarts'))?.element.place ?? root.place
  const wait = Math.round(number('wait', 1, 86_400) * 1000)
  const grow = number('grow', 0.25, 1)
  const starts = Math.floor(number('maxrestarts', 5, 999_999))
  const abort = options.get('abortonerror')?.value.trim().toLowerCase() ?? 'no'
  // wrapper.js asks for "yes", and its own installer writes "y".
  if (abort === 'y')
    service.note('abortOnError had no effect in node-windows: it writes y and asks for yes.')
  service.set(
    'restart',
    {
      when: abort === 'yes' ? { codes: [0] } : 'always',
      delay: milliseconds(wait),
      factor: Math.round((1 + grow) * 100) / 100,
      maxDelay: milliseconds(Math.max(wait, 60_000)),
      limit: `${Math.max(starts - 1, 1)}/1m`,
    },
    { place, setting: '--maxrestarts' },
  )
  const retries = options.get('maxretries')
  if (retries !== undefined && !/^-/.test(retries.value) && retries.value !== '')
    service.lose(
      '--maxretries',
      retries.element.place,
      'restarts are counted within a time, not over the whole life',
      'restart: { limit: COUNT/TIME }',
    )
}
