import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { until } from '../../test/contract/until.ts'
import { type FileWatcher, watchFiles } from './watch-files.ts'

let place: string
let watcher: FileWatcher | null = null
let told: string[][] = []

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'stead-watch-'))
  told = []
})
afterEach(() => {
  watcher?.close()
  rmSync(place, { recursive: true })
})

function follow(path: string, poll: number | null = null): void {
  watcher = watchFiles({ debounce: 20, poll, changed: (paths) => void told.push([...paths]) })
  watcher.follow([path])
}

const toldTimes = (count: number) => until(`it is told ${count} times`, () => told.length >= count)

test('a file that is written, replaced, removed and made again is told of each time', async () => {
  const path = join(place, 'a.yaml')
  writeFileSync(path, 'one')
  follow(path)
  writeFileSync(path, 'two two')
  await toldTimes(1)
  writeFileSync(`${path}.new`, 'three')
  renameSync(`${path}.new`, path)
  await toldTimes(2)
  unlinkSync(path)
  await toldTimes(3)
  writeFileSync(path, 'four')
  await toldTimes(4)
  expect(told.every((paths) => paths.join() === path)).toBe(true)
})

test('a link to a directory that is switched, as Kubernetes does, is told of', async () => {
  for (const [name, text] of [
    ['..one', 'one'],
    ['..two', 'two'],
  ] as const) {
    mkdirSync(join(place, name))
    writeFileSync(join(place, name, 'stead.yaml'), text)
  }
  symlinkSync('..one', join(place, '..data'))
  symlinkSync('..data/stead.yaml', join(place, 'stead.yaml'))
  const path = join(place, 'stead.yaml')
  follow(path)
  symlinkSync('..two', join(place, '..data_tmp'))
  renameSync(join(place, '..data_tmp'), join(place, '..data'))
  rmSync(join(place, '..one'), { recursive: true })
  await toldTimes(1)
  // What is watched is now what the link leads to.
  writeFileSync(join(place, '..two', 'stead.yaml'), 'two, changed')
  await toldTimes(2)
})

test('a file whose directory is not there yet is told of when it comes', async () => {
  const path = join(place, 'etc', 'conf', 'a.yaml')
  follow(path)
  mkdirSync(join(place, 'etc', 'conf'), { recursive: true })
  writeFileSync(path, 'one')
  await toldTimes(1)
})

test('what another file of its directory does is not told, and writes that come together are one', async () => {
  const path = join(place, 'a.yaml')
  writeFileSync(path, 'one')
  follow(path)
  writeFileSync(join(place, 'other'), 'x')
  for (let count = 0; count < 50; count += 1) writeFileSync(path, `two ${count}`)
  await toldTimes(1)
  writeFileSync(join(place, 'other'), 'y')
  writeFileSync(path, 'three')
  await toldTimes(2)
  expect(told).toHaveLength(2)
})

test('a change that the system does not tell of is found by looking', async () => {
  const path = join(place, 'watched', 'a.yaml')
  mkdirSync(join(place, 'watched'))
  writeFileSync(path, 'one')
  // Written to by another name, in another directory: inotify(7) says nothing then.
  linkSync(path, join(place, 'other-name'))
  follow(path, 30)
  writeFileSync(join(place, 'other-name'), 'two two')
  await toldTimes(1)
})

test('the first sign is told at once, and each of it has an end, also where nothing has come of it', async () => {
  const path = join(place, 'a.yaml')
  writeFileSync(path, 'one')
  const signs: string[] = []
  watcher = watchFiles({
    debounce: 400,
    poll: null,
    stirred(paths) {
      signs.push(`stirred ${paths.length}`)
      // At once, and not when somebody has seen it: by then the debounce may be over.
      if (signs.length === 1) renameSync(`${path}.away`, path)
    },
    changed: (paths) => void signs.push(`changed ${paths.length}`),
  })
  watcher.follow([path])
  writeFileSync(join(place, 'other'), 'is no sign')
  renameSync(path, `${path}.away`)
  await until('it is over', () => signs.length === 2)
  writeFileSync(path, 'another')
  await until('it is told', () => signs.length === 4)
  expect(signs).toEqual(['stirred 1', 'changed 0', 'stirred 1', 'changed 1'])
})

test('files of a name with * are told of as they come and go, also where there is no directory yet', async () => {
  const directory = join(place, 'conf.d')
  follow(join(directory, '*.yaml'))
  mkdirSync(directory)
  writeFileSync(join(directory, 'a.yaml'), 'a')
  await toldTimes(1)
  writeFileSync(join(directory, 'b.yaml'), 'b')
  await toldTimes(2)
  writeFileSync(join(directory, 'c.txt'), 'is not meant')
  writeFileSync(join(directory, '.hidden.yaml'), 'neither')
  unlinkSync(join(directory, 'a.yaml'))
  await toldTimes(3)
  rmSync(directory, { recursive: true })
  await toldTimes(4)
  expect(told.length).toBe(4)
})
