/** What supervisord reads with Python's configparser and shlex is read as Python itself reads it. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type IniSection, readIni } from '../../src/foreign/supervisord/ini.ts'
import { pairsOf, wordsOf } from '../../src/foreign/supervisord/values.ts'
import { type SeededRandom, seededRandom } from '../fakes/seeded-random.ts'

/** Debian's own: another one in PATH may be a wrapper. */
const PYTHON = '/usr/bin/python3'
const JUDGE = `
import configparser, json, shlex, sys
def ini(text):
    parser = configparser.RawConfigParser(inline_comment_prefixes=(';', '#'), strict=False)
    try:
        parser.read_string(text)
    except configparser.Error:
        return None
    return {name: dict(parser.items(name)) for name in parser.sections()}
def words(text):
    try:
        return shlex.split(text)
    except ValueError:
        return None
def pairs(text):
    try:
        lexer = shlex.shlex(text)
        lexer.wordchars += '/.+-():'
        tokens = list(lexer)
    except ValueError:
        return None
    made = {}
    for i in range(0, len(tokens), 4):
        three = tokens[i:i+3]
        if len(three) != 3 or three[1] != '=':
            return None
        made[three[0]] = three[2].strip('\\'"')
    return made
asked = json.load(sys.stdin)
json.dump({'ini': [ini(t) for t in asked['ini']], 'words': [words(t) for t in asked['words']], 'pairs': [pairs(t) for t in asked['pairs']]}, sys.stdout)
`
const LINES =
  '[a]|[b] ; c|[a]x|x=1|y = 2 ; comment|z: 3 # c|  more|\tmore ;no|  ; note|# note|;note|x = a;b|x = a ;b ;c|w==v|no value|=x|k =|  [inner]|||   |UPPER = u|a:b=c|[]|[c]]|k = # x|  k2 = deep|v = "a ; b"'.split(
    '|',
  )
const PIECES = `a|b c|"|'|\\|\\\\|=|,| |"x y"|'p;q'|#|KEY=val|A="1,2"|$X|%|/.+-():|\t|\n|é`.split(
  '|',
)

function texts(count: number, seed: number, pieces: readonly string[], glue: string): string[] {
  const random: SeededRandom = seededRandom(seed)
  return Array.from({ length: count }, () =>
    Array.from({ length: 1 + random.below(9) }, () => random.pick(pieces)).join(glue),
  )
}

test.skipIf(!existsSync(PYTHON))('6,000 texts mean the same here as in Python', () => {
  const asked = {
    ini: texts(2_000, 1, LINES, '\n').map((text) => `[first]\n${text}`),
    words: texts(2_000, 2, PIECES, ''),
    pairs: texts(2_000, 3, PIECES, ''),
  }
  const judged = JSON.parse(
    execFileSync(PYTHON, ['-c', JUDGE], {
      input: JSON.stringify(asked),
      maxBuffer: 64 * 1024 ** 2,
    }).toString(),
  ) as { ini: unknown[]; words: unknown[]; pairs: unknown[] }
  const differences = [
    ...asked.ini.map((text, index) => [text, iniOf(text), judged.ini[index]]),
    ...asked.words.map((text, index) => [text, wordsOf(text), judged.words[index]]),
    ...asked.pairs.map((text, index) => [text, pairsOf(text), judged.pairs[index]]),
  ].filter(([, ours, theirs]) => JSON.stringify(ours) !== JSON.stringify(theirs))
  expect(differences.slice(0, 5)).toEqual([])
})

function iniOf(text: string): Record<string, Record<string, string>> | null {
  const sections = new Map<string, IniSection>()
  if (readIni(text, { path: '/x', file: 'x' }, sections).length > 0) return null
  return Object.fromEntries(
    [...sections].map(([name, { options }]) => [
      name,
      Object.fromEntries([...options].map(([option, { value }]) => [option, value])),
    ]),
  )
}
