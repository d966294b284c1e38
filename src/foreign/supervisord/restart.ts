import { formatDuration } from '../../model/duration.ts'
import type { DraftService } from '../draft.ts'
import type { IniSection } from './ini.ts'
import type { Parsed, Text } from './program.ts'
import { booleanOf, integerOf } from './values.ts'

interface Settings {
  readonly service: DraftService
  readonly section: IniSection
  readonly text: Text
  readonly parsed: Parsed
  /** Until a start counts, in seconds. */
  readonly seconds: number
}

/**
 * `autorestart`, `exitcodes` and `startretries`. supervisord restarts at once what had started, however
 * often; a start that fails is tried again after 1, 2, 3 … seconds, `startretries` times.
 */
export function setRestart({ service, section, text, parsed, seconds }: Settings): void {
  const place = (name: string) => ({ place: section.options.get(name) ?? section, setting: name })
  const word = text('autorestart')?.toLowerCase() ?? 'unexpected'
  const always = booleanOf(word)
  const retries = parsed('startretries', integerOf, 'a whole number')
  const codes = parsed('exitcodes', exitCodes, 'a list of exit codes from 0 to 255')
  const restart: Record<string, unknown> = {}
  if (always === true) restart.when = 'always'
  else if (always === false) {
    restart.when = 'no'
    if (retries !== 0) {
      service.note(
        'supervisord also tries a start again that fails within startsecs; restart: no does not.',
      )
    }
  } else if (word !== 'unexpected') {
    service.lose(
      'autorestart',
      place('autorestart').place,
      `${JSON.stringify(word.slice(0, 40))} is not true, false or unexpected`,
    )
  } else if (codes !== undefined && !(codes.length === 1 && codes[0] === 0)) {
    const unexpected = Array.from({ length: 256 }, (_, code) => code).filter(
      (code) => !codes.includes(code),
    )
    if (unexpected.length <= 8) restart.when = { codes: unexpected, signals: ['SIGSEGV'] }
    const why =
      'stead restarts after every exit code but 0, or after codes that are named one by one'
    service.lose(
      'exitcodes',
      place('exitcodes').place,
      why,
      'restart: { when: { codes: […], signals: […] } }',
    )
  }
  if (retries !== undefined && always !== false) {
    const count = Math.max(retries, 1)
    // So long do all retries take, with the waits between them.
    const window = Math.min(
      (count * (count + 1)) / 2 + (count + 1) * Math.max(seconds, 1) + 5,
      86_400,
    )
    restart.limit = `${count}/${formatDuration(window * 1_000)}`
    service.note(
      `startretries=${retries}: a limit counts failures at any time of its life, not only of starts.`,
    )
  }
  const keys = Object.keys(restart)
  if (keys.length === 0) return
  const from = place(restart.when === undefined ? 'startretries' : 'autorestart')
  service.set(
    'restart',
    keys.length === 1 && typeof restart.when === 'string' ? restart.when : restart,
    from,
  )
}

function exitCodes(text: string): number[] | null {
  const codes = text === '' ? [] : text.split(',').map(Number)
  return codes.every((code) => Number.isInteger(code) && code >= 0 && code <= 255) ? codes : null
}
