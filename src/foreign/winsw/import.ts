import { emptyDraft } from '../draft.ts'
import { type Importer, shown } from '../source.ts'
import { invalid } from '../structure.ts'
import { addWinswService } from './service.ts'
import { readXml } from './xml.ts'

/** The service of an XML file of WinSW, of versions 1, 2 and 3 ("XML configuration file" of its docs). */
export const importWinsw: Importer = (source) => {
  const draft = emptyDraft()
  const root = readXml(source)
  const { file, line } = root.place
  if (root.name !== 'service')
    throw invalid(file, [`${file}:${line}: its root is <${root.name.slice(0, 40)}>, not <service>`])
  draft.notes.push(`Made by "stead import winsw" out of ${shown(source, source.path)}.`)
  addWinswService(root, source, draft)
  return draft
}
