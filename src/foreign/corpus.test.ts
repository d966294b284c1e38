/**
 * Configurations of other supervisors in test/fixtures/import/KIND/NAME, each with the stead.yaml and the
 * list of losses that come of it. `vitest -u all` writes what they are now: read the difference.
 */
import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { lossLines } from '../cli/present/loss-text.ts'
import { parseGuardFile } from '../config/guard-file.ts'
import type { ForeignFiles } from '../model/ports/foreign-files.ts'
import { foreignFiles } from '../platform/foreign-files.ts'
import { finish } from './finish.ts'
import { IMPORTERS, KINDS, kindOf, mainFile } from './kinds.ts'
import { shown } from './source.ts'

const corpus = resolve(fileURLToPath(import.meta.url), '../../../test/fixtures/import')
/** What is expected holds wherever the checkout lies. */
const MOVED = '/srv/corpus'
const machine = { host: 'box', user: 'me', home: '/home/me' }

describe.each([...KINDS])('%s', (kind) => {
  const room = join(corpus, kind)
  const names = readdirSync(room)

  test('has a corpus', () => {
    expect(names.length).toBeGreaterThanOrEqual(5)
  })

  test.each(names)('%s is imported, and what is lost is told', async (name) => {
    const real = join(room, name)
    const base = join(MOVED, kind, name)
    const files = movedFiles()
    const other = ['losses.txt', 'stead.yaml']
    const inside = readdirSync(real).filter((one) => !other.includes(one) && !one.startsWith('.'))
    const only = inside.length === 1 ? join(base, inside[0] as string) : base
    expect(kindOf(only, files) ?? kindOf(base, files)).toBe(kind)
    const path = mainFile(only, kind, files)
    const source = { path, files, base, machine }
    const { text, losses } = finish((await IMPORTERS[kind]())(source), shown(source, path), base)
    await expect(text).toMatchFileSnapshot(join(real, 'stead.yaml'))
    const told = lossLines(losses).map((line) => `${line}\n`)
    await expect(told.join('')).toMatchFileSnapshot(join(real, 'losses.txt'))
    const env = new Proxy({}, { get: () => '1' })
    expect(parseGuardFile({ path: join(base, 'stead.yaml'), text, env }).services).not.toEqual([])
  })
})

function movedFiles(): ForeignFiles {
  const files = foreignFiles()
  const real = (path: string): string => path.replace(MOVED, corpus)
  return {
    readText: (path, within) =>
      files.readText(real(path), within === undefined ? undefined : real(within)),
    names: (path) => files.names(real(path)),
    canExecute: (path) => files.canExecute(real(path)),
  }
}
