import { emptyDraft } from '../draft.ts'
import { type Importer, shown } from '../source.ts'
import { invalid } from '../structure.ts'
import { addWinswService } from '../winsw/service.ts'
import { readXml } from '../winsw/xml.ts'
import { setWrapped } from './wrapper.ts'

/** A `daemon\NAME.xml` of node-windows: WinSW 1 around its wrapper.js, and that around a script. */
export const importNodeWindows: Importer = (source) => {
  const draft = emptyDraft()
  const root = readXml(source)
  const { file, line } = root.place
  if (root.name !== 'service')
    throw invalid(file, [`${file}:${line}: its root is <${root.name.slice(0, 40)}>, not <service>`])
  draft.notes.push(`Made by "stead import node-windows" out of ${shown(source, source.path)}.`)
  draft.notes.push('node runs the script itself: neither WinSW nor wrapper.js is between.')
  // Its id is the name of the executable that WinSW was copied to.
  const id = root.first('id')?.text.replace(/\.exe$/i, '')
  setWrapped(addWinswService(root, source, draft, id || undefined))
  return draft
}
