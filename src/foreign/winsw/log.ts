import { win32 } from 'node:path'
import { unknownWord } from '../loss.ts'
import { pathFrom } from '../source.ts'
import { windowsDirectory, windowsPath } from '../windows-variables.ts'
import { sizeText } from '../written.ts'
import { at, homeOf, type WinswService } from './service.ts'
import type { Element } from './xml.ts'

const MODES = [
  'append',
  'reset',
  'none',
  'ignore',
  'roll',
  'rotate',
  'roll-by-size',
  'roll-by-time',
  'roll-by-size-time',
]
/** Defaults of <log> in WinSW's docs, in KB and files. */
const THRESHOLD = 10_240
const KEEP = 8

/** `<logpath>`, `<log mode>`: two files, NAME.out.log and NAME.err.log, are one log here. */
export function setLog(one: WinswService): void {
  const { service, root, source, expand } = one
  const log = root.first('log')
  const element = log ?? root.first('logmode')
  const mode = (log?.attribute('mode') ?? root.first('logmode')?.text ?? 'append').toLowerCase()
  const origin = at(element ?? root)
  if (!MODES.includes(mode)) service.lose('log', origin.place, unknownWord(mode, MODES))
  if (mode === 'none' || mode === 'ignore') {
    service.set('log', { format: 'off' }, origin)
    return
  }
  const path = root.first('logpath')
  const own = source.path.split(/[\\/]/).at(-1) ?? 'service'
  const file = `${own.replace(/\.xml$/i, '')}.out.log`
  const directory = path === null || path.text === '' ? null : expand(path.text, path)
  const home = windowsDirectory(source)
  service.set(
    'log',
    {
      format: 'raw',
      file:
        directory !== null
          ? windowsPath(homeOf(source), win32.join(directory, file), source.base)
          : home === null
            ? pathFrom(homeOf(source), file, source.base)
            : win32.join(home, file),
      rotate: rotateOf(one, mode, log),
    },
    origin,
  )
  service.note('WinSW had a file for each stream; here both are in one log, in order.')
  if (mode === 'reset') service.lose('log', origin.place, 'a log is not emptied at a start')
  for (const name of [
    'logname',
    'outfilepattern',
    'errfilepattern',
    'outfiledisabled',
    'errfiledisabled',
  ]) {
    const found = root.first(name)
    if (found !== null) service.lose(name, found.place, 'there is one log, whose name is log.file')
  }
}

function rotateOf(
  { service }: WinswService,
  mode: string,
  log: Element | null,
): Record<string, unknown> {
  const number = (name: string, usual: number): number => {
    const found = log?.first(name) ?? null
    if (found === null) return usual
    if (/^\d{1,9}$/.test(found.text)) return Number(found.text)
    service.lose(name, found.place, 'it is not a whole number')
    return usual
  }
  for (const name of ['pattern', 'autoRollAtTime', 'zipOlderThanNumDays', 'zipDateFormat']) {
    const found = log?.first(name) ?? null
    if (found !== null)
      service.lose(
        name,
        found.place,
        name.startsWith('zip')
          ? 'rotated files are not put into an archive'
          : 'rotated files are numbered, and days begin at midnight',
        name.startsWith('zip') ? 'log: { rotate: { compress: gzip, maxAge: … } }' : null,
      )
  }
  if (mode === 'roll' || (mode === 'rotate' && log === null)) {
    const legacy = mode === 'rotate'
    if (!legacy) service.note('WinSW began a new log at each start; this one is begun by size.')
    return legacy ? { size: sizeText(THRESHOLD * 1024), keep: KEEP } : { size: '10M', keep: 1 }
  }
  if (!mode.startsWith('roll-')) {
    service.note(
      'WinSW let this log grow without end, and so does size: none; 10M keeps a disk free.',
    )
    return { size: 'none' }
  }
  const keep = Math.min(number('keepFiles', KEEP), 100_000)
  return {
    size: mode.includes('size')
      ? sizeText(Math.max(number('sizeThreshold', THRESHOLD) * 1024, 4096))
      : 'none',
    ...(mode.includes('time') ? { every: '1d' } : {}),
    ...(mode === 'roll-by-time' && log?.first('keepFiles') == null ? {} : { keep }),
  }
}
