import { readdirSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isSteadError } from '../../src/errors.ts'
import { finish } from '../../src/foreign/finish.ts'
import { IMPORTERS, type Kind, kindOf, mainFile } from '../../src/foreign/kinds.ts'
import type { ForeignFiles } from '../../src/model/ports/foreign-files.ts'
import { foreignFiles } from '../../src/platform/foreign-files.ts'
import { seededRandom } from '../fakes/seeded-random.ts'
import { inTime, mutated, type Spoiling } from './mutate.ts'

const CORPUS = resolve(fileURLToPath(import.meta.url), '../../fixtures/import')
/** What an import may end with. */
const CODES = new Set(['FOREIGN_INVALID', 'FOREIGN_EMPTY', 'FILE_UNREADABLE'])
const NASTY =
  // biome-ignore lint/suspicious/noTemplateCurlyInString: they are the texts that are meant
  '\0|\u00fc|\u{1f600}|\ufffd|\ufdd0|\ufdd2x|\ud800|$|$$|${|${A|${A:-b}|${A:-${B}}|%|%(x)s|%(ENV_A)s|%%|%i|"|\'|\\|\\\n|`|;|#| ;|[|]|[x]|{|}|- |: |:|=|,|&a |*a|<<: *a|!!binary x|---|...|\t|\n\n|\r\n|__proto__|constructor|toString|NaN|.inf|0x10|1e99|-1|999999999999999999999|null|~|true|infinity|100%|/|..|../../etc/passwd|/dev/zero|con|nul.txt|STEAD_X=1|a@b|\u001b[31m|exec |&&|$MAINPID|{{.X}}|9223372036854775807|<|</service>|<a>|&lt;|&x;|<!DOCTYPE a [|<![CDATA[|hex(7):|dword:|%BASE%|%ProgramFiles(x86)%|--password|[-HKEY'.split(
    '|',
  )

const SPOILING: Spoiling = {
  nasty: NASTY,
  others: [
    (_text, random, rows, row) =>
      rows
        .with(
          row,
          (rows[row] as string).replace(/\w+/, (word) => word.repeat(1 + random.below(40))),
        )
        .join('\n'),
  ],
}

interface Case {
  readonly kind: Kind
  readonly base: string
  readonly path: string
  readonly files: ReadonlyMap<string, string>
}

/**
 * Mutates the corpus and imports it, so many times: each gives a stead.yaml that was read back, or an error
 * with a code, in bounded time. `STEAD_SEED=N` plays that one alone, as a failure's message says.
 *
 * @returns how many were played
 */
export async function fuzzImports(
  kinds: readonly Kind[],
  count: number,
  first: number,
): Promise<number> {
  const cases = corpusOf(kinds)
  const importers = new Map(
    await Promise.all(kinds.map(async (kind) => [kind, await IMPORTERS[kind]()] as const)),
  )
  const lines = cases.flatMap(({ files }) =>
    [...files.values()].flatMap((text) => text.split('\n')),
  )
  const only = process.env.STEAD_SEED
  const seeds =
    only === undefined ? Array.from({ length: count }, (_, index) => first + index) : [Number(only)]
  for (const seed of seeds) {
    const random = seededRandom(seed)
    const { kind, base, path, files } = random.pick(cases)
    const changed = new Map(files)
    const edits = 1 + random.below(4)
    for (let i = 0; i < edits; i += 1) {
      const name = random.pick([...changed.keys()])
      changed.set(name, mutated(changed.get(name) as string, random, lines, SPOILING))
    }
    if (random.chance(0.05)) changed.delete(random.pick([...changed.keys()]))
    inTime(`STEAD_SEED=${seed} (${kind})`, () => {
      try {
        const machine = { host: 'box', user: 'me', home: '/home/me' }
        const importer = importers.get(kind)
        finish(importer?.({ path, files: virtual(changed), base, machine }) as never, 'input', base)
      } catch (error) {
        if (
          !isSteadError(error) ||
          !CODES.has(error.code) ||
          /cannot be read: /.test(error.message)
        ) {
          const text = JSON.stringify([...changed])
          throw new Error(`STEAD_SEED=${seed} (${kind}): ${text.slice(0, 3_000)}`, { cause: error })
        }
      }
    })
  }
  return seeds.length
}

function corpusOf(kinds: readonly Kind[]): Case[] {
  return kinds.flatMap((kind) =>
    readdirSync(join(CORPUS, kind)).map((name): Case => {
      const base = join(CORPUS, kind, name)
      const files = new Map<string, string>()
      const real = foreignFiles()
      for (const one of readdirSync(base, { recursive: true, encoding: 'utf8' })) {
        const path = join(base, one)
        if (statSync(path).isFile() && !/^(stead\.yaml|losses\.txt)$/.test(one))
          files.set(path, real.readText(path) ?? '')
      }
      const inside = readdirSync(base).filter(
        (one) => !/^(stead\.yaml|losses\.txt|\..*)$/.test(one),
      )
      const only = inside.length === 1 ? join(base, inside[0] as string) : base
      const path = mainFile(
        kindOf(only, virtual(files)) === kind ? only : base,
        kind,
        virtual(files),
      )
      return { kind, base, path, files }
    }),
  )
}

function virtual(files: ReadonlyMap<string, string>): ForeignFiles {
  const names = new Map<string, Set<string>>()
  for (const path of files.keys()) {
    for (let at = path; dirname(at) !== at; at = dirname(at)) {
      const known = names.get(dirname(at)) ?? new Set()
      names.set(dirname(at), known.add(at.slice(dirname(at).length + 1)))
    }
  }
  return {
    readText: (path) => files.get(path) ?? null,
    names: (path) => (names.has(path) ? [...(names.get(path) as Set<string>)].sort() : null),
    canExecute: () => true,
  }
}
