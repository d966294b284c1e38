import { isSealed } from '../../model/ports/secret-opener.ts'
import { isSecretSetting } from '../secret-settings.ts'
import { type LayerName, namedOrigin } from '../source/origin.ts'
import {
  MAX_DEPTH,
  type SourceEntry,
  type SourceMap,
  type SourceTree,
} from '../source/source-tree.ts'
import type { Layer } from './layer.ts'
import { looseValue } from './loose-value.ts'
import { mergeTrees } from './merge-layers.ts'

/** A layer, or what is wrong with what it was to be made of. Values are never in a message. */
export interface MadeLayer {
  readonly layer: Layer
  readonly problems: readonly string[]
}

/**
 * The layer that environment variables make: `PREFIX__a__b` is the setting `a.b`. Names are compared
 * with those that `known` has without regard to case, `-` and `_`, since a variable is written in
 * capitals by custom, and Windows does not tell them apart; a name that is not known is taken as it is
 * written. Which of several variables for one setting wins is decided by their order in the alphabet.
 *
 * @param prefix such as `STEAD_CONFIG`
 * @param known what weaker layers say
 */
export function environmentLayer(
  env: Readonly<Record<string, string | undefined>>,
  prefix: string,
  known: SourceTree | null = null,
): MadeLayer {
  const start = `${prefix}__`
  const given = Object.keys(env)
    .filter((name) => name.startsWith(start) && env[name] !== undefined)
    .sort()
    .map((name) => ({
      shown: name,
      path: asKnown(name.slice(start.length).split('__'), known),
      text: env[name] as string,
    }))
  return layerFrom('environment', 'the environment', given)
}

/**
 * The layer of `--set a.b=value`. A name that has a dot in it is written in double quotes:
 * `--set 'labels."a.b"=x'`. A secret is refused unless it is sealed.
 *
 * @param args what stands behind each `--set`
 */
export function commandLineLayer(args: readonly string[]): MadeLayer {
  const wrong: string[] = []
  const given = args.flatMap((arg) => {
    const split = pathOf(arg)
    if (split !== null && isSecretSetting(split.path) && !isSealed(split.text)) {
      wrong.push(
        `--set ${shownPath(split.path)}: everybody on a machine can read command lines; a secret belongs into an env file, or is sealed: stead secret seal ${shownPath(split.path)}`,
      )
      return []
    }
    if (split !== null) return [{ shown: `--set ${shownPath(split.path)}`, ...split }]
    // What is behind "=" may be a secret.
    const name = arg.split('=')[0] as string
    wrong.push(`--set ${name}${arg.includes('=') ? '=…' : ''}: one writes --set NAME.NAME=VALUE`)
    return []
  })
  const { layer, problems } = layerFrom('command-line', 'the command line', given)
  return { layer, problems: [...wrong, ...problems] }
}

/**
 * The layer that the keys of a remote store make: `services/web/env/PORT` is the setting
 * `services.web.env.PORT`. Values are read as those of the command line are.
 *
 * @param name what to call the store; the key is put before it
 * @param pairs keys, and what stands at them
 */
export function remotePairsLayer(
  name: string,
  pairs: readonly (readonly [string, string])[],
): MadeLayer {
  const given = pairs.map(([key, text]) => ({
    shown: `${key} of ${name}`,
    path: key.split('/'),
    text,
  }))
  return layerFrom('remote', name, given)
}

/** A path as one writes it: names with dots in them are in quotes. */
export function shownPath(path: readonly PropertyKey[]): string {
  return path
    .map((step) => (/^[^."=\s]+$/.test(String(step)) ? String(step) : JSON.stringify(String(step))))
    .join('.')
}

/** The names in `a."b.c".d`, as one writes them; null for what is no name of a setting. */
export function settingPath(text: string): readonly string[] | null {
  const split = pathOf(`${text}=`)
  return split?.text === '' ? split.path : null
}

function pathOf(arg: string): { path: string[]; text: string } | null {
  const path: string[] = []
  const step = /(?:"((?:[^"\\]|\\.)*)"|([^."=\s]+))([.=])/y
  for (;;) {
    const match = step.exec(arg)
    if (match === null) return null
    path.push(match[1] === undefined ? (match[2] as string) : match[1].replace(/\\(.)/g, '$1'))
    if (match[3] === '=') return { path, text: arg.slice(step.lastIndex) }
  }
}

interface Given {
  readonly shown: string
  readonly path: readonly string[]
  readonly text: string
}

function layerFrom(name: LayerName, origin: string, given: readonly Given[]): MadeLayer {
  const problems: string[] = []
  const nothing: SourceMap = {
    kind: 'map',
    entries: new Map(),
    place: { origin: namedOrigin(name, origin), offset: 0 },
  }
  let values: SourceTree = nothing
  for (const { shown, path, text } of given) {
    if (path.length > MAX_DEPTH || path.some((step) => step === '' || step === '__proto__')) {
      problems.push(`${shown}: this is no name of a setting`)
      continue
    }
    const place = { origin: namedOrigin(name, shown), offset: 0 }
    const value = looseValue(text, place)
    if (value === null) {
      problems.push(`${shown}: its value begins as a list, a map or a quoted text, and is none`)
      continue
    }
    const tree = path.reduceRight<SourceTree>((node, step) => {
      const entry: SourceEntry = { key: place, node }
      return { kind: 'map', entries: new Map([[step, entry]]), place }
    }, value)
    values = mergeTrees(values, tree)
  }
  return { layer: { name, origin, values: values as SourceMap }, problems }
}

/** The names as the weaker layers write them, as far as they know them. */
function asKnown(path: readonly string[], known: SourceTree | null): string[] {
  let inside = known
  return path.map((step) => {
    if (inside?.kind !== 'map') return step
    const names = [...inside.entries.keys()]
    const exact = names.includes(step)
      ? [step]
      : names.filter((name) => plain(name) === plain(step))
    const name = exact.length === 1 ? (exact[0] as string) : step
    inside = inside.entries.get(name)?.node ?? null
    return name
  })
}

function plain(name: string): string {
  return name.replace(/[-_]/g, '').toLowerCase()
}
