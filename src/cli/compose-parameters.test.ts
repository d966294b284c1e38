import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryDirectory } from '../../test/fixtures/temporary-directory.ts'
import { homeOf, parameterDirectory } from '../model/home.ts'
import { readDeclarations } from '../model/parameter-declaration.ts'
import { nodeFileSystem } from '../platform/file-system.ts'
import { makeParameterDirectory, parameterFiles } from '../platform/parameter-files.ts'
import type { Workshop } from './compose-manager.ts'
import { managedParameters, parameterDirectories } from './compose-parameters.ts'
import { composeLocks } from './compose-system.ts'

const { specs: declared } = readDeclarations({
  rate: { type: 'integer', default: 10, max: 100 },
  level: { type: 'enum', values: ['debug', 'info'], default: 'info' },
})
const REQUEST = { set: { rate: '20' }, reset: [], for: null }

/** An installed service `web`, of which its manager says that phase. */
async function installed(phase: string) {
  const root = temporaryDirectory('managed')
  const home = homeOf({ platform: 'linux', scope: 'user', env: {}, userHome: root, root })
  mkdirSync(home.specs, { recursive: true })
  writeFileSync(join(home.specs, 'web.json'), JSON.stringify({ version: 1, spec: { name: 'web' } }))
  const directory = parameterDirectory(home, 'web')
  makeParameterDirectory(directory, null)
  const files = parameterFiles(directory)
  const tell = (number: number, refused: string | null = null): void =>
    files.tell({ number, life: null, declared, values: {}, refused })
  // Stands for systemd: a service of that phase.
  const manager = { status: async () => ({ phase }) } as unknown as Workshop['manager']
  const workshop = { manager, home, files: nodeFileSystem() } as Workshop
  const parameters = await managedParameters('web', workshop)
  if (parameters === null) throw new Error('it is not installed')
  return { home, files, tell, parameters, workshop }
}

describe('parameters of a service without a guard', () => {
  test('are not known before it has run once', async () => {
    const { parameters } = await installed('stopped')
    await expect(parameters.parameters()).rejects.toMatchObject({ code: 'PARAMETERS_NONE' })
    await expect(parameters.set(REQUEST)).rejects.toMatchObject({ code: 'PARAMETERS_NONE' })
  })

  test('are kept for its next start where it does not run', async () => {
    const { parameters, tell, files } = await installed('stopped')
    tell(3)
    const { outcomes } = await parameters.set(REQUEST)
    expect(outcomes).toMatchObject([{ id: 'web', state: 'pending' }])
    expect(files.asked()).toMatchObject({ number: 4, set: { rate: { value: 20 } } })
    const [rate] = await parameters.parameters()
    expect(rate).toMatchObject({ name: 'rate', text: '20', range: 'an integer of at most 100' })
  })

  test('are taken by one that runs, or taken back with its reason', async () => {
    const { parameters, tell, files } = await installed('running')
    tell(0)
    const unwatch = files.watch('asked', () => {
      const asked = files.asked()
      if (asked !== null) tell(asked.number, asked.set.rate?.value === 13 ? 'no luck' : null)
    })
    try {
      const { outcomes, changes } = await parameters.set(REQUEST)
      expect(outcomes).toEqual([{ id: 'web', state: 'applied', reason: null }])
      expect(changes).toMatchObject([{ name: 'rate', old: 10, value: 20 }])
      const unlucky = parameters.set({ set: { rate: 13, level: 'debug' }, reset: [], for: null })
      await expect(unlucky).rejects.toMatchObject({ code: 'PARAMETER_REFUSED' })
      expect(Object.keys(files.asked()?.set ?? {})).toEqual(['rate'])
      expect(files.asked()?.set.rate?.value).toBe(20)
    } finally {
      unwatch()
    }
  })

  test('are changed by one at a time', async () => {
    const { parameters, tell, home } = await installed('stopped')
    tell(0)
    mkdirSync(home.run, { recursive: true })
    const locks = await composeLocks()
    const { lock } = await locks.acquire(join(home.run, 'web.parameters.lock'))
    await expect(parameters.set(REQUEST)).rejects.toMatchObject({ code: 'BUSY' })
    await lock?.release()
    await expect(parameters.set(REQUEST)).resolves.toMatchObject({ service: 'web' })
  })

  test('are those of no service that is not installed', async () => {
    const { workshop } = await installed('stopped')
    expect(await managedParameters('other', workshop)).toBeNull()
  })
})

test.skipIf(process.platform === 'win32')(
  'a service has its directory from its installation on, and nothing is left of it after the last',
  async () => {
    const root = temporaryDirectory('managed')
    const home = homeOf({ platform: 'linux', scope: 'user', env: {}, userHome: root, root })
    const { prepare, remove } = await parameterDirectories(home)
    prepare('web', null)
    prepare('api', null)
    expect(statSync(parameterDirectory(home, 'web')).isDirectory()).toBe(true)
    remove('web')
    expect(statSync(parameterDirectory(home, 'api')).isDirectory()).toBe(true)
    remove('api')
    remove('never')
    expect(() => statSync(dirname(parameterDirectory(home, 'api')))).toThrow(/ENOENT/)
  },
)
