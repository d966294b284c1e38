import { join } from 'node:path'
import type { DraftService } from '../draft.ts'
import { shown } from '../source.ts'
import type { Directory } from './import.ts'

const PID = 'it may look for supervise/pid, which is not there'

/** Scripts beside run: `finish`, `check` and `control/` (runsv(8), "CUSTOMIZE CONTROL"). */
export function setControls(
  service: DraftService,
  { directory, names, source, suite }: Directory,
): void {
  const { files } = source
  const at = (name: string) => ({ file: shown(source, join(directory, name)), line: 1 })
  if (names.includes('finish')) {
    service.lose(
      'finish',
      at('finish'),
      'nothing runs after a program has ended',
      endsForGood(join(directory, 'finish'), source.files)
        ? 'restart: no, or a limit, for what it is not to be started again after'
        : 'a program that follows "stead events -f --json"',
    )
  }
  if (suite !== 'runit') return
  if (names.includes('check'))
    service.set(
      'ready',
      { exec: [join(directory, 'check')] },
      { place: at('check'), setting: 'check' },
    )
  for (const name of files.names(join(directory, 'control')) ?? []) {
    const file = `control/${name}`
    const command = [join(directory, file)]
    const origin = { place: at(file), setting: file }
    if (!files.canExecute(join(directory, file)))
      service.lose(file, at(file), 'it is not executable, so it never ran')
    else if (name === 't') {
      service.set('stop', [{ command }, { signal: 'SIGTERM' }], origin)
      service.note(`${file} is run to stop it, and SIGTERM comes after 10s; ${PID}.`)
    } else if (name === 'h') {
      service.set('reload', { command }, origin)
      service.note(`${file} is run for "stead reload"; ${PID}.`)
    } else {
      const why = 'only stop and reload can be commands'
      service.lose(file, at(file), why, '"stead signal" sends a signal as it is')
    }
  }
}

/** Whether a finish script may decide that its program is not started again. */
function endsForGood(path: string, files: Directory['source']['files']): boolean {
  try {
    const text = files.readText(path) ?? ''
    return /\bexit\s+125\b|s6-permafailon|\bsv\s+(?:down|d|once)\b|s6-svc\s+-\S*[dDoO]/.test(text)
  } catch {
    return false
  }
}
