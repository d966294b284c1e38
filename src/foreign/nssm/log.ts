import type { Source } from '../source.ts'
import { windowsPath } from '../windows-variables.ts'
import { sizeText } from '../written.ts'
import { milliseconds, type NssmService, origin } from './service.ts'

/** CREATE_ALWAYS and TRUNCATE_EXISTING of CreateFileW. */
const EMPTIES = [2, 5]

/** `AppStdout`, `AppStderr`, `AppRotate…`: nssm hands its program the files; stead moves what it prints. */
export function setLog(one: NssmService, source: Source): void {
  const { service, values, expanded } = one
  const lose = (setting: string, why: string, instead: string | null = null): void =>
    service.lose(setting, values.place(setting), why, instead)
  if (values.text('AppStdin') !== null)
    lose('AppStdin', 'standard input of a program is empty', 'let it open the file itself')
  const out = expanded('AppStdout')
  const err = expanded('AppStderr')
  const main = out === undefined ? 'AppStderr' : 'AppStdout'
  const path = out ?? err
  if (path === undefined) {
    service.note('Without AppStdout what it prints was seen by nobody; "stead logs" shows it.')
    return
  }
  if (/^(nul|\\\\[.?]\\nul)$/i.test(path)) {
    service.set('log', { format: 'off' }, origin(one, main))
    return
  }
  if (out !== undefined && err !== undefined && out.toLowerCase() !== err.toLowerCase())
    lose('AppStderr', 'both streams go to one log', 'format: json names the stream of each line')
  const log: Record<string, unknown> = {
    format: (values.number('AppTimestampLog') ?? 0) === 0 ? 'raw' : 'stamped',
    file: windowsPath(source.base, path, source.base),
  }
  const rotate = rotateOf(one)
  if (Object.keys(rotate).length > 0) log.rotate = rotate
  service.set('log', log, origin(one, main))
  for (const setting of ['AppStdout', 'AppStderr']) {
    const empties = EMPTIES.includes(values.number(`${setting}CreationDisposition`) ?? 4)
    if (empties && values.text(setting) !== null)
      lose(`${setting}CreationDisposition`, 'a log is not emptied at a start', 'stead logs --since')
    for (const what of ['ShareMode', 'FlagsAndAttributes', 'CopyAndTruncate'])
      if (values.number(`${setting}${what}`) !== null)
        lose(`${setting}${what}`, 'how the log is opened is the business of stead')
  }
}

function rotateOf(one: NssmService): Record<string, unknown> {
  const { service, values } = one
  if ((values.number('AppRotateFiles') ?? 0) === 0) {
    service.note(
      'nssm let its log grow without end, and so does size: none; 10M keeps a disk free.',
    )
    return { size: 'none' }
  }
  const bytes =
    (values.number('AppRotateBytes') ?? 0) + (values.number('AppRotateBytesHigh') ?? 0) * 2 ** 32
  const seconds = values.number('AppRotateSeconds') ?? 0
  const place = values.place('AppRotateFiles')
  service.lose(
    'AppRotateFiles',
    place,
    'nssm keeps every file that was rotated',
    'log: { rotate: { keep: … } }',
  )
  if ((values.number('AppRotateOnline') ?? 0) === 0)
    service.note('nssm rotated at a start alone; stead does it while the program runs.')
  if (bytes === 0 && seconds === 0)
    service.lose(
      'AppRotateFiles',
      place,
      'a log is not rotated at each start',
      'log: { rotate: { every: 1d } }',
    )
  return {
    ...(bytes > 0
      ? { size: sizeText(Math.max(bytes, 4096)) }
      : seconds > 0
        ? { size: 'none' }
        : {}),
    ...(seconds > 0 ? { every: milliseconds(seconds * 1000) } : {}),
  }
}
