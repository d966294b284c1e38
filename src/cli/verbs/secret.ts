import { mkdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { text as textOf } from 'node:stream/consumers'
import { sealedPlaces } from '../../config/sealed-places.ts'
import { SteadError } from '../../errors.ts'
import { nodeFileSystem } from '../../platform/file-system.ts'
import { formatKey, type KeyRing, newKey } from '../../secrets/key-ring.ts'
import { keyIdOf, openerOf, seal as sealed } from '../../secrets/seal.ts'
import { parseSettingPath } from '../../secrets/setting-path.ts'
import { guardHome } from '../compose-guard-home.ts'
import { findKeyRing, keyFileOf, openOrThrow, writeKeyFile } from '../compose-secrets.ts'
import { type CommonOptions, runVerb } from '../context.ts'

export interface KeyOptions extends CommonOptions {
  readonly keyFile?: string
}

export interface KeygenOptions extends KeyOptions {
  readonly add?: boolean
  readonly dpapi?: string
}

export interface OpenOptions extends KeyOptions {
  readonly file?: string
}

/** More than this is no value of a setting. */
const LONGEST = 1_000_000

/** `secret keygen`: a new key, in a file of its own or in front of the keys that there are. */
export function keygen(options: KeygenOptions): Promise<number> {
  return runVerb(options, async (output) => {
    const { dpapi } = options
    if (dpapi !== undefined && dpapi !== 'user' && dpapi !== 'machine') {
      const problem = `--dpapi is user or machine, not ${JSON.stringify(dpapi)}`
      throw new SteadError('USAGE', { problem, verb: 'secret keygen' })
    }
    const path = resolve(options.keyFile ?? keyFileOf(guardHome(options)))
    const key = newKey()
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    const before = options.add === true ? ringOf({ ...options, keyFile: path }) : null
    const others = before === null ? [] : [...before.keys.values()]
    const text = `${[key, ...others].map(formatKey).join('\n')}\n`
    await writeKeyFile(path, text, { replace: before !== null, protect: dpapi ?? null })
    if (output.json) output.object({ key: key.id, file: path })
    output.done(`key ${key.id} is in ${path}; without it nothing that it seals can be read again`)
    return 0
  })
}

/** `secret seal SETTING`: seals what is on standard input. */
export function seal(setting: string, options: KeyOptions): Promise<number> {
  return runVerb(options, async (output) => {
    const path = pathOf(setting)
    const ring = ringOf(options)
    const value = await valueFromInput(setting)
    output.answer(sealed(value, path, ring.sealing))
    return 0
  })
}

/** `secret open SETTING`: opens what is on standard input, or what a file has there. */
export function open(setting: string, options: OpenOptions): Promise<number> {
  return runVerb(options, async (output) => {
    const path = pathOf(setting)
    const ring = ringOf(options)
    const text =
      options.file === undefined
        ? (await valueFromInput(setting)).trim()
        : sealedIn(resolve(options.file), path)
    output.answer(openOrThrow(openerOf(ring), text, path))
    return 0
  })
}

/** `secret rotate FILE…`: seals everything in files anew with the newest key. */
export function rotate(files: readonly string[], options: KeyOptions): Promise<number> {
  return runVerb(options, async (output) => {
    const ring = ringOf(options)
    // All of them are read and opened before the first is written.
    const changes = files.map((file) => rotated(resolve(file), ring))
    const system = nodeFileSystem()
    for (const { path, text, count } of changes) {
      if (count > 0) await system.writeAtomic(path, text, statSync(path).mode & 0o7777)
      output.done(`${path}: ${count} ${count === 1 ? 'value' : 'values'} sealed anew`)
    }
    if (output.json) {
      const told = changes.map(({ path, count }) => ({ file: path, sealed: count }))
      output.object({ key: ring.sealing.id, files: told })
    }
    return 0
  })
}

function rotated(path: string, ring: KeyRing) {
  const text = readText(path)
  const opens = openerOf(ring)
  let result = ''
  let at = 0
  let count = 0
  for (const { path: setting, start, end } of placesIn(path, text)) {
    const old = text.slice(start, end)
    // What cannot be opened is told even where it would not have to be sealed anew.
    const value = openOrThrow(opens, old, setting)
    const current = keyIdOf(old) === ring.sealing.id
    result += text.slice(at, start) + (current ? old : sealed(value, setting, ring.sealing))
    at = end
    count += current ? 0 : 1
  }
  return { path, text: result + text.slice(at), count }
}

function sealedIn(file: string, path: readonly string[]): string {
  const text = readText(file)
  const place = placesIn(file, text).find((one) => one.path.join('\0') === path.join('\0'))
  if (place !== undefined) return text.slice(place.start, place.end)
  const reason = `nothing is sealed at ${path.join('.')}`
  throw new SteadError('FILE_UNREADABLE', { path: file, reason })
}

function placesIn(path: string, text: string) {
  const places = sealedPlaces(path, text)
  if (!('problem' in places)) return places
  throw new SteadError('FILE_UNREADABLE', { path, reason: places.problem })
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new SteadError('FILE_UNREADABLE', { path, reason: (cause as Error).message }, { cause })
  }
}

function ringOf(options: KeyOptions): KeyRing {
  const { keyFile } = options
  const env = keyFile === undefined ? process.env : { STEAD_KEY_FILE: resolve(keyFile) }
  return findKeyRing(keyFileOf(guardHome(options)), env)
}

function pathOf(setting: string): readonly string[] {
  const path = parseSettingPath(setting)
  if (path !== null) return path
  const problem = `${JSON.stringify(setting)} is no setting: one writes services.web.env.PASSWORD`
  throw new SteadError('USAGE', { problem, verb: 'secret' })
}

/** A line break at the end is the terminal's, or echo's, and no part of the value. */
async function valueFromInput(setting: string): Promise<string> {
  if (process.stdin.isTTY) process.stderr.write(`value of ${setting}, then Ctrl-D:\n`)
  const text = (await textOf(process.stdin)).replace(/\r?\n$/, '')
  if (text.length <= LONGEST) return text
  const problem = `standard input has ${text.length} characters; a value has ${LONGEST} at most`
  throw new SteadError('USAGE', { problem, verb: 'secret' })
}
