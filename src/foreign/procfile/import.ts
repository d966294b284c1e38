import { dirname } from 'node:path'
import { SteadError } from '../../errors.ts'
import { addService, emptyDraft, lose, mapOf } from '../draft.ts'
import { unknownSetting } from '../loss.ts'
import { type Importer, ownDirectory, pathFrom, shown } from '../source.ts'
import { setShellCommand } from '../through-shell.ts'
import { readDotEnv } from './dot-env.ts'

/** Where foreman begins to count ports, and how far programs are apart. */
const FIRST_PORT = 5_000
const APART = 100
const MAX_LINES = 20_000

/**
 * A Procfile with the `.env` and `.foreman` beside it. Each line is run by a shell; foreman(1) gives each
 * program a PORT: 5000 (or PORT of `.env`, or `port` of `.foreman`) and 100 more for each after it.
 */
export const importProcfile: Importer = (source) => {
  const { path, files, base } = source
  const draft = emptyDraft()
  const directory = dirname(path)
  const file = shown(source, path)
  const text = files.readText(path)
  if (text === null)
    throw new SteadError('FILE_UNREADABLE', { path, reason: 'there is no such file' })
  draft.notes.push(`Made by "stead import procfile" out of ${file}.`)
  const env = readDotEnv('.env', directory, source, draft)
  const options = foremanOptions(files.readText(`${directory}/.foreman`) ?? '')
  const wanted = env?.values.PORT ?? options.port
  let port = /^\d{1,5}$/.test(wanted ?? '') ? Number(wanted) : FIRST_PORT
  text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .slice(0, MAX_LINES)
    .forEach((row, index) => {
      const place = { file, line: index + 1 }
      if (/^\s*(#|$)/.test(row)) return
      const [, name = '', command = ''] = /^([A-Za-z0-9_-]+):\s*(\S.*?)\s*$/.exec(row) ?? []
      if (name === '') {
        const why = 'this line is not NAME: COMMAND, and foreman passes over it'
        lose(draft, {
          ...place,
          service: null,
          setting: row.trim().slice(0, 40),
          why,
          instead: null,
        })
        return
      }
      const service = addService(draft, name, place)
      setShellCommand(service, command, { place, setting: name })
      service.set('cwd', ownDirectory(directory, base))
      if (env?.whole === true) service.set('envFile', pathFrom(directory, '.env', base))
      else if (env !== null) Object.assign(mapOf(service, 'env'), env.values)
      mapOf(service, 'env').PORT = String(port)
      const count = countOf(options.formation, name)
      if (count === 0) service.set('autostart', false)
      if (count > 1) {
        service.set('instances', count)
        service.lose(
          'PORT',
          place,
          'instances have the same PORT, where foreman counts on',
          'a service of its own for each port, or STEAD_INSTANCE',
        )
      }
      if (name === 'release') {
        service.set('type', 'job')
        service.set('autostart', false)
        service.note('Heroku runs "release" once for each deployment: "stead start release".')
      }
      port += APART
    })
  for (const name of options.unknown) {
    lose(draft, {
      service: null,
      setting: name,
      file: '.foreman',
      line: 1,
      why: unknownSetting(name, ['port', 'formation', 'concurrency']),
      instead: null,
    })
  }
  if (draft.services.length > 1)
    draft.notes.push(
      'foreman ends all programs when one ends; here each is restarted when it fails.',
    )
  return draft
}

interface Foreman {
  readonly port: string | undefined
  readonly formation: string
  readonly unknown: readonly string[]
}

/** `.foreman` has one option a line: `port: 3000`, `formation: web=2,worker=1`. */
function foremanOptions(text: string): Foreman {
  const options = new Map(
    [...text.matchAll(/^([a-z][a-z_-]*):[ \t]*(.*?)[ \t]*$/gm)].map((match) => [
      match[1] as string,
      (match[2] as string).replace(/^["']|["']$/g, ''),
    ]),
  )
  const known = ['port', 'formation', 'concurrency', 'procfile', 'root', 'env', 'timeout', 'color']
  return {
    port: options.get('port'),
    formation: options.get('formation') ?? options.get('concurrency') ?? '',
    unknown: [...options.keys()].filter((name) => !known.includes(name)),
  }
}

function countOf(formation: string, name: string): number {
  const counts = new Map(
    formation
      .split(',')
      .map((part) => part.split('=').map((word) => word.trim()) as [string, string]),
  )
  const count = Number(counts.get(name) ?? counts.get('all') ?? 1)
  return Number.isInteger(count) && count >= 0 && count <= 1_000 ? count : 1
}
