import type { FileProblem } from '../../config/source/config-source.ts'
import type { PackSpec } from '../../model/pack-spec.ts'
import { LONGEST_TEXT } from './nsis-text.ts'
import { usualDirectory, usualRegistration } from './verbs.ts'

/** MAX_PATH of <minwindef.h> without its NUL: setup programs call Windows by such paths. */
const LONGEST_PATH = 259

/** What would be cut in a setup program, each with the setting that is too long; makensis says nothing of it. */
export function nsisProblems(spec: PackSpec): FileProblem[] {
  if (!spec.formats.includes('nsis') || !spec.targets.includes('win-x64')) return []
  return [...texts(spec), ...command(spec), ...paths(spec)]
}

/** Of package.json, which has no limits; the pack file has its own. */
function texts(spec: PackSpec): FileProblem[] {
  return (['publisher', 'homepage'] as const).flatMap((name) => {
    const { length } = spec[name] ?? ''
    if (length < LONGEST_TEXT) return []
    return [{ path: [name], message: `it has ${length} characters, ${LIMIT}` }]
  })
}

const LIMIT = `and a setup program (nsis) cuts texts after ${LONGEST_TEXT - 1}`

/** The command that registers the service has all of these settings in it; the longest one is told. */
function command(spec: PackSpec): FileProblem[] {
  const { service } = spec
  if (service === null) return []
  const { length } = usualRegistration(spec)
  if (length < LONGEST_TEXT) return []
  const inside: readonly (readonly [path: readonly string[], length: number])[] = [
    [['service', 'args'], service.args.join(' ').length],
    [['service', 'account'], service.account?.length ?? 0],
    ...Object.entries(service.env).map(
      ([name, value]) => [['service', 'env', name], name.length + value.length] as const,
    ),
  ]
  const [path, own] = inside.reduce((one, other) => (other[1] > one[1] ? other : one))
  const message = `with its ${own} characters the command that registers the service has ${length}, ${LIMIT}`
  return [{ path, message }]
}

function paths(spec: PackSpec): FileProblem[] {
  const directory = usualDirectory(spec)
  const of = (path: string): number => `${directory}\\.previous\\${path}`.length
  const program = of(`${spec.name}.exe`)
  const long = (length: number): string =>
    `where it is installed, and set aside by the next version, its path has ${length} characters, and Windows takes ${LONGEST_PATH} (MAX_PATH)`
  if (program > LONGEST_PATH) return [{ path: ['displayName'], message: long(program) }]
  return spec.files.flatMap(({ to, config }, index) => {
    const length = of(config ? `${to}.default` : to)
    return length > LONGEST_PATH ? [{ path: ['files', index, 'to'], message: long(length) }] : []
  })
}
