/** `stead pack verify`: whether artefacts are those that their publisher has signed. */
import { readFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { SteadError } from '../../errors.ts'
import { parseChecksums } from '../../pack/checksums.ts'
import { sha256Of } from '../../platform/pack/stage.ts'
import { verifyFiles } from '../../secrets/signature.ts'
import { signatureOf } from '../compose-signature.ts'
import { type CommonOptions, runVerb } from '../context.ts'
import { trustedKeys } from '../signing-keys.ts'

export interface PackVerifyOptions extends CommonOptions {
  readonly key: string
}

/**
 * Checks the signature of a list of checksums, then every file of the list that is beside it: one who
 * fetched a single archive has the others not.
 */
export function packVerify(file: string, options: PackVerifyOptions): Promise<number> {
  return runVerb(options, async (output) => {
    const path = resolve(file)
    const keys = trustedKeys(resolve(options.key))
    const refused = (...problems: readonly string[]): SteadError =>
      new SteadError('PACK_NOT_AUTHENTIC', { source: path, problems })
    const bytes = read(path)
    if (bytes === null)
      throw new SteadError('FILE_UNREADABLE', { path, reason: 'there is no such file' })
    const text = read(signatureOf(path))?.toString('utf8') ?? null
    const files = [{ name: basename(path), bytes }]
    const accepted = verifyFiles({ text, files, keys, before: null })
    if ('problem' in accepted) throw refused(accepted.problem)
    const list = parseChecksums(bytes.toString('utf8'))
    if (list === null) throw refused('it is no list of checksums')
    const found = await Promise.all(
      list.map(async ({ name, sha256 }) => {
        const now = await sha256Of(join(dirname(path), name)).catch(absent)
        return { name, state: now === null ? 'absent' : now === sha256 ? 'good' : 'changed' }
      }),
    )
    const changed = found.filter(({ state }) => state === 'changed')
    if (changed.length > 0) throw refused(...changed.map(({ name }) => `${name} was changed`))
    const good = found.filter(({ state }) => state === 'good')
    if (good.length === 0) throw refused('none of its files is beside it')
    if (output.json) output.object({ list: path, files: found })
    for (const { name } of good) output.done(`${name} is what was published`)
    return 0
  })
}

function read(path: string): Buffer | null {
  try {
    return readFileSync(path)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw new SteadError('FILE_UNREADABLE', { path, reason: (cause as Error).message }, { cause })
  }
}

function absent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null
  throw error
}
