import { basename, dirname, join } from 'node:path'
import type { ConfigFiles } from '../../model/ports/config-files.ts'
import { nameProblem } from '../../model/service-name.ts'
import { suggest } from '../../model/suggest.ts'

/** Beside `stead.yaml` the file of the profile `prod` is `stead.prod.yaml`, in any of the formats. */
const ENDING = /\.(ya?ml|jsonc?|toml)$/i

/** The files beside a file that are its profiles: paths by their names. */
export function profileFiles(path: string, files: ConfigFiles): Map<string, string[]> {
  const own = basename(path)
  const stem = own.replace(ENDING, '')
  const found = new Map<string, string[]>()
  if (stem === own) return found
  for (const name of files.names(dirname(path))) {
    if (!name.startsWith(`${stem}.`) || !ENDING.test(name)) continue
    const profile = name.slice(stem.length + 1).replace(ENDING, '')
    if (ENDING.test(`.${profile}`) || nameProblem(profile) !== null || name === own) continue
    found.set(profile, [...(found.get(profile) ?? []), join(dirname(path), name)])
  }
  return found
}

/** The profiles that are asked for: those named, or else by STEAD_PROFILE; both take `a,b`. */
export function profilesAsked(
  named: readonly string[] | undefined,
  env: Readonly<Record<string, string | undefined>>,
): string[] {
  const texts = named ?? [env.STEAD_PROFILE ?? '']
  const names = texts.flatMap((text) => text.split(',')).map((text) => text.trim())
  return [...new Set(names.filter((name) => name !== ''))]
}

/** What is wrong with the profiles that are asked for. */
export function profileProblems(
  asked: readonly string[],
  known: ReadonlySet<string>,
  shownAs: string,
): string[] {
  return asked
    .filter((name) => !known.has(name))
    .map((name) => {
      const near = suggest(name, known)
      const names = known.size === 0 ? 'it has none' : `it has ${[...known].sort().join(', ')}`
      const hint = near === null ? names : `did you mean ${near}?`
      return `${shownAs}: there is no profile ${JSON.stringify(name)}; ${hint}`
    })
}
