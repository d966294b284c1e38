import { isSealed } from '../../model/ports/secret-opener.ts'
import { isSecretName, MASK, maskUrls } from '../../model/secret-names.ts'
import { isSecretSetting } from '../secret-settings.ts'
import type { LayerName, Place } from '../source/origin.ts'
import { membersOf, type SourceTree } from '../source/source-tree.ts'

/** Where a value was said: a line and a column where there is a text, from 1. */
export interface Said {
  readonly layer: LayerName
  /** The file as it was given, `STEAD_CONFIG__port`, `--set port`. */
  readonly origin: string
  readonly line: number | null
  readonly column: number | null
  /** What was said, with secrets masked; null where it takes away what is below it. */
  readonly value: unknown
}

/** A setting that holds, who said so, and what it hides: the strongest of them first. */
export interface ExplainedSetting extends Said {
  readonly path: readonly string[]
  readonly secret: boolean
  readonly shadows: readonly Said[]
}

/**
 * Every setting of a tree, in its order: a map is told by its members, a list is one value. Secrets are
 * masked: by name, sealed ones, passwords in URLs, and what follows `--password` in a command.
 *
 * @param declared settings that a schema calls secret, beside those by name
 */
export function explainSettings(
  tree: SourceTree,
  declared: (path: readonly PropertyKey[]) => boolean = () => false,
): ExplainedSetting[] {
  const isSecret = (path: readonly PropertyKey[]): boolean =>
    isSecretSetting(path) || declared(path)
  const walk = (node: SourceTree, path: readonly string[]): ExplainedSetting[] => {
    const inside = node.kind === 'map' ? membersOf(node) : []
    const shadows = (node.shadows ?? []).map((below) => said(below, path, isSecret))
    if (inside.length > 0 && node.kind === 'map') {
      // What was taken away is told as well: somebody may look for it.
      const own = [...node.entries].flatMap(([name, entry]) => walk(entry.node, [...path, name]))
      const [first, ...rest] = own
      return first === undefined || shadows.length === 0
        ? own
        : [{ ...first, shadows: [...first.shadows, ...shadows] }, ...rest]
    }
    return [{ path, secret: hides(node, path, isSecret), ...said(node, path, isSecret), shadows }]
  }
  return tree.kind === 'map' && tree.entries.size === 0 ? [] : walk(tree, [])
}

type IsSecret = (path: readonly PropertyKey[]) => boolean

function said(node: SourceTree, path: readonly string[], isSecret: IsSecret): Said {
  const { origin } = node.place
  return {
    layer: origin.layer,
    origin: origin.name,
    ...lineOf(node.place),
    value: shown(node, path, isSecret),
  }
}

function lineOf({ origin, offset }: Place): { line: number | null; column: number | null } {
  return origin.rows.length === 0 ? { line: null, column: null } : origin.position(offset)
}

function hides(node: SourceTree, path: readonly PropertyKey[], isSecret: IsSecret): boolean {
  if (isSecret(path)) return true
  return node.kind === 'scalar' && typeof node.value === 'string' && isSealed(node.value)
}

/** The value as it may be shown. */
function shown(node: SourceTree, path: readonly PropertyKey[], isSecret: IsSecret): unknown {
  if (node.kind === 'map') {
    const members = membersOf(node)
    return Object.fromEntries(
      members.map(([name, entry]) => [name, shown(entry.node, [...path, name], isSecret)]),
    )
  }
  if (node.kind === 'list') {
    const items = node.items.map((item, index) => shown(item, [...path, index], isSecret))
    return items.map((item, index) => (followsSecretFlag(items, index) ? MASK : item))
  }
  const { value } = node
  if (value === null) return null
  if (typeof value === 'string' && isSealed(value)) return `ENC(${MASK})`
  if (isSecret(path)) return MASK
  return typeof value === 'string' ? maskUrls(withoutFlags(value)) : value
}

/** `--password=x` and `DB_PASSWORD=x` keep their names alone. */
function withoutFlags(text: string): string {
  return text
    .replace(/(^|\s)(-{0,2}[A-Za-z][\w.-]*)=("[^"]*"|'[^']*'|\S+)/g, (whole, before, name) =>
      isSecretName(String(name)) ? `${before}${name}=${MASK}` : whole,
    )
    .replace(
      /(^|\s)(--[A-Za-z][\w.-]*)(\s+)("[^"]*"|'[^']*'|[^\s-]\S*)/g,
      (whole, before, name, gap) =>
        isSecretName(String(name)) ? `${before}${name}${gap}${MASK}` : whole,
    )
}

function followsSecretFlag(items: readonly unknown[], index: number): boolean {
  const before = items[index - 1]
  if (typeof before !== 'string' || !/^--?[A-Za-z][\w.-]*$/.test(before)) return false
  return isSecretName(before) && typeof items[index] === 'string'
}
