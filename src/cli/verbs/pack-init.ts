/** `stead pack init`: a pack file and a workflow to begin with. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { SteadError } from '../../errors.ts'
import { packFileText, workflowText } from '../../pack/pack-init.ts'
import { PACK_FILE } from '../../pack/spec/read-pack-file.ts'
import { type CommonOptions, runVerb } from '../context.ts'

export interface PackInitOptions extends CommonOptions {
  readonly entry?: string
  readonly force?: boolean
}

const WORKFLOW = '.github/workflows/pack.yml'
/** Where a program usually is; the first one that is there is taken. */
const ENTRIES = [
  'src/app.ts',
  'src/main.ts',
  'src/index.ts',
  'app.ts',
  'main.ts',
  'index.ts',
  'app.js',
  'index.js',
]

export function packInit(options: PackInitOptions): Promise<number> {
  return runVerb(options, async (output) => {
    const entry = options.entry ?? ENTRIES.find((path) => existsSync(path))
    if (entry === undefined)
      throw new SteadError('USAGE', {
        problem: `there is none of ${ENTRIES.join(', ')} here: say which module calls run(), with --entry`,
        verb: 'pack',
      })
    const texts = { [PACK_FILE]: packFileText({ entry }), [WORKFLOW]: workflowText() }
    const there = Object.keys(texts).filter((path) => existsSync(path))
    if (there.length > 0 && options.force !== true)
      throw new SteadError('USAGE', {
        problem: `${there.join(' and ')} ${there.length === 1 ? 'is' : 'are'} there already; --force writes anew`,
        verb: 'pack',
      })
    for (const [path, text] of Object.entries(texts)) {
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, text)
      output.done(`written: ${resolve(path)}`)
    }
    if (output.json) output.object({ files: Object.keys(texts).map((path) => resolve(path)) })
    else output.done('next: stead pack --snapshot')
    return 0
  })
}
