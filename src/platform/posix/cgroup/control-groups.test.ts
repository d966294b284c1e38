/** What is read of and written to the kernel's files; the kernel's part is in test/contract. */
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { controlGroupFiles, groupFiles } from '../../../../test/fakes/control-group-files.ts'
import { type ControlGroup, controlGroup } from './control-group.ts'
import { controlGroups } from './control-groups.ts'
import { isDelegated } from './delegation.ts'

const MIB = 1024 * 1024
const made: string[] = []

afterEach(() => {
  for (const directory of made.splice(0)) rmSync(directory, { recursive: true })
})

function tree(files: Readonly<Record<string, string>> = {}): string {
  const directory = controlGroupFiles(files)
  made.push(directory)
  return directory
}

const isManaged = isDelegated('/') === 'no'
const textOf = (...path: string[]): string => readFileSync(join(...path), 'utf8')

function opened(directory: string, memory: number | null) {
  return controlGroups(() => ({ directory, reason: null })).open('g.api.1.1', { memory })
}

test.skipIf(isManaged)('the kernel holds limits.memory, and ends the whole group above it', () => {
  const directory = tree()
  const { group, fact } = opened(directory, 64 * MIB)
  const path = join(directory, 'stead.g.api.1.1')
  expect(fact).toEqual({ path, controllers: ['memory'], reason: null })
  expect(textOf(directory, 'cgroup.subtree_control')).toBe('+memory')
  expect(textOf(path, 'memory.max')).toBe('67108864')
  expect(textOf(path, 'memory.oom.group')).toBe('1')
  group?.limitMemory(null)
  expect(textOf(path, 'memory.max')).toBe('max')
  expect(textOf(path, 'memory.oom.group')).toBe('0')
})

test.skipIf(isManaged)(
  'the guard goes into a group of its own before it hands controllers on',
  () => {
    const directory = tree({ 'cgroup.procs': `1\n${process.pid}\n` })
    opened(directory, null)
    // Others stay: without a delegation they are not the guard's to move.
    expect(textOf(directory, 'stead.guard', 'cgroup.procs')).toBe(String(process.pid))
  },
)

test.skipIf(isManaged)('a guard that is in its own group already makes groups beside that', () => {
  const directory = tree({ 'cgroup.subtree_control': 'memory\n' })
  mkdirSync(join(directory, 'stead.guard'))
  const { fact } = opened(join(directory, 'stead.guard'), null)
  expect(fact.path).toBe(join(directory, 'stead.g.api.1.1'))
})

test.skipIf(isManaged)('without the controller a limit is measured, and it is said why', () => {
  const directory = tree({ 'cgroup.controllers': 'cpuset\n' })
  const reason = `there is no memory controller in ${directory}`
  expect(opened(directory, MIB).fact).toMatchObject({ controllers: [], reason })
  // Nothing was asked for that is missing.
  expect(opened(directory, null).fact).toMatchObject({ controllers: [], reason: null })
})

test.skipIf(isManaged)('a controller that cannot be enabled is named', () => {
  const directory = tree()
  rmSync(join(directory, 'cgroup.subtree_control'))
  mkdirSync(join(directory, 'cgroup.subtree_control'))
  expect(opened(directory, MIB).fact.reason).toBe(
    `the memory controller cannot be enabled: ${directory}: EISDIR`,
  )
})

test.skipIf(isManaged)('a group that may hold no processes is no place for programs', () => {
  const directory = tree({ 'cgroup.type': 'threaded\n' })
  expect(opened(directory, null)).toEqual({
    group: null,
    fact: { path: null, controllers: [], reason: `${directory} is a threaded group` },
  })
})

function group(files: Readonly<Record<string, string>>, controllers = ['memory']): ControlGroup {
  const directory = tree()
  groupFiles(directory, files)
  return controlGroup(directory, controllers, null)
}

test('memory is what is in use without the page cache that can be given back', () => {
  const used = group({
    'memory.current': `${10 * MIB}\n`,
    'memory.stat': `anon ${3 * MIB}\nfile ${7 * MIB}\ninactive_file ${4 * MIB}\n`,
    'cpu.stat': 'usage_usec 1500\nuser_usec 1000\nsystem_usec 500\n',
  })
  expect(used.usage()).toEqual({ memory: 6 * MIB, cpu: 1.5 })
})

test('what the kernel does not count is not known', () => {
  expect(group({ 'cpu.stat': 'usage_usec 2000\n' }, []).usage()).toEqual({ memory: null, cpu: 2 })
  expect(group({}).usage()).toEqual({ memory: null, cpu: null })
})

test.each([
  ['nothing was ended', 'oom 0\noom_kill 0\n', null],
  ['its own limit was reached', 'low 0\nmax 31\noom 1\noom_kill 2\noom_group_kill 1\n', 'limit'],
  ['the machine had no memory left', 'max 0\noom 0\noom_kill 1\n', 'machine'],
])('out of memory: %s', (_, events, expected) => {
  expect(group({ 'memory.events': events }).outOfMemory()).toBe(expected)
})

test('processes are those of groups in it as well, those of other namespaces aside', () => {
  const one = group({ 'cgroup.procs': '12\n0\n' })
  groupFiles(join(one.path, 'own'), { 'cgroup.procs': '13\n12\n' })
  expect(one.processes()).toEqual([12, 13])
  expect(controlGroup('/nowhere', [], null).processes()).toEqual([])
})

test('where the kernel cannot kill a group it is not pretended', () => {
  expect(group({}).kill()).toBe(false)
  const one = group({ 'cgroup.kill': '' })
  expect(one.kill()).toBe(true)
  expect(textOf(one.path, 'cgroup.kill')).toBe('1')
})
