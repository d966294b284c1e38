import { dirname } from 'node:path'
import { type Draft, emptyDraft, lose } from '../draft.ts'
import { type Importer, type Source, shown } from '../source.ts'
import { checkSize, invalid, isMap, type Node, nodeOf, readStructure } from '../structure.ts'
import { addApp } from './app.ts'

/** The apps of a pm2 ecosystem: JSON, YAML, or a program that somebody has run (pm2's "Ecosystem File"). */
export const importPm2: Importer = (source) => {
  const draft = emptyDraft()
  const file = shown(source, source.path)
  const root = source.evaluated === undefined ? readStructure(source) : evaluatedNode(source, file)
  draft.notes.push(`Made by "stead import pm2" out of ${file}.`)
  for (const app of appsOf(root)) {
    if (isMap(app.value)) addApp(app, source, draft, dirname(source.path))
    else
      lose(draft, {
        ...app.place,
        service: null,
        setting: 'apps',
        why: 'it is no app',
        instead: null,
      })
  }
  loseOthers(root, draft)
  return draft
}

function appsOf(root: Node): Node[] {
  if (Array.isArray(root.value)) return root.items()
  const apps = root.at('apps')
  if (apps === null) return root.at('script') === null ? [] : [root]
  return Array.isArray(apps.value) ? apps.items() : [apps]
}

function loseOthers(root: Node, draft: Draft): void {
  const deploy = root.at('deploy')
  if (deploy !== null)
    lose(draft, {
      ...deploy.place,
      service: null,
      setting: 'deploy',
      why: 'stead deploys nothing over ssh',
      instead: null,
    })
}

/** The value that the program made; lines are those of its text where they can be found. */
function evaluatedNode(source: Source, file: string): Node {
  let value: unknown
  try {
    value = JSON.parse(source.evaluated ?? '')
  } catch {
    throw invalid(file, [`${file}: what it exports is no configuration`])
  }
  checkSize(value, file)
  const rows = (source.files.readText(source.path) ?? '').split('\n')
  const names = appsOf(nodeOf(value, file, () => 1)).map((app) => app.at('name')?.text() ?? null)
  /** The first line that has the word, from a line on. */
  const find = (word: string, from: number): number => {
    const at = rows.findIndex((row, index) => index >= from && row.includes(word))
    return at === -1 ? from : at
  }
  return nodeOf(value, file, (path) => {
    const index = path.find((step) => typeof step === 'number')
    const name = index === undefined ? null : names[index]
    let line = 0
    if (name != null) line = find(name, 0)
    const last = path.at(-1)
    return (typeof last === 'string' ? find(last, line) : line) + 1
  })
}
