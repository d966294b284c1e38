import { describe, expect, test } from 'vitest'
import type { ConfigChange } from './config-change.ts'
import { liveConfig } from './live-config.ts'

async function bench(...values: unknown[]) {
  const said: string[] = []
  const load = async (): Promise<unknown> => {
    const value = values.shift()
    if (value instanceof Error) throw value
    return value
  }
  const accepted: string[] = []
  const settings = liveConfig({ load, watch: () => () => {} }, (names) => accepted.push(names))
  await settings.begin()
  /** A listener that says what it is told, and refuses the ports named. */
  const part = (name: string, ...refused: number[]): void =>
    settings.listen((change) => {
      const { old, config } = change as ConfigChange<{ port: number }>
      said.push(`${name} ${old.port} → ${config.port}`)
      if (refused.includes(config.port)) throw new Error(`${name}: not ${config.port}`)
    })
  return { settings, said, accepted, part }
}

const nothing = (): void => {}

describe('a new configuration', () => {
  test('is simply there where nobody listens, and is frozen', async () => {
    const { settings, accepted } = await bench({ port: 1 }, { port: 2 })
    expect(settings.current).toEqual({ port: 1 })
    await settings.renew(nothing)
    expect(settings.current).toEqual({ port: 2 })
    expect(Object.isFrozen(settings.current)).toBe(true)
    expect(accepted).toEqual(['port'])
  })

  test('is taken on by every listener in turn, then holds, then the last is called', async () => {
    const { settings, said, part } = await bench({ port: 1 }, { port: 2 })
    part('a')
    settings.listen(({ diff }) => said.push(JSON.stringify([diff, settings.current])))
    part('b')
    await settings.renew(() => said.push(`last ${JSON.stringify(settings.current)}`))
    const diff = [{ path: ['port'], before: 1, after: 2 }]
    expect(said).toEqual([
      'a 1 → 2',
      JSON.stringify([diff, { port: 1 }]),
      'b 1 → 2',
      'last {"port":2}',
    ])
  })

  test('that is the same tells nobody, and what is held stays the same object', async () => {
    const { settings, said, accepted, part } = await bench({ port: 1 }, { port: 1 })
    part('a')
    const before = settings.current
    await settings.renew(() => said.push('last'))
    expect(settings.current).toBe(before)
    expect([said, accepted]).toEqual([['last'], []])
  })

  test('that cannot be read changes nothing and asks nobody', async () => {
    const { settings, said, part } = await bench({ port: 1 }, new Error('torn'))
    part('a')
    await expect(settings.renew(() => said.push('last'))).rejects.toThrow('torn')
    expect([settings.current, said]).toEqual([{ port: 1 }, []])
  })
})

describe('a refusal', () => {
  test('tells the old one to all that had accepted, the last of them first', async () => {
    const { settings, said, accepted, part } = await bench({ port: 1 }, { port: 2 })
    part('a')
    part('b')
    part('c', 2)
    part('d')
    await expect(settings.renew(() => said.push('last'))).rejects.toThrow('c: not 2')
    expect(said).toEqual(['a 1 → 2', 'b 1 → 2', 'c 1 → 2', 'b 2 → 1', 'a 2 → 1'])
    expect([settings.current, accepted]).toEqual([{ port: 1 }, []])
  })

  test('of the last is one as well', async () => {
    const { settings, said, part } = await bench({ port: 1 }, { port: 2 }, { port: 3 })
    part('a')
    const refuse = (): void => {
      throw new Error('busy')
    }
    await expect(settings.renew(refuse)).rejects.toThrow('busy')
    expect(said).toEqual(['a 1 → 2', 'a 2 → 1'])
    expect(settings.current).toEqual({ port: 1 })
    await settings.renew(nothing)
    expect(settings.current).toEqual({ port: 3 })
  })

  test('that one cannot go back from is named, and the others go back all the same', async () => {
    const { settings, said, part } = await bench({ port: 1 }, { port: 2 })
    part('a')
    part('b', 1)
    part('c', 2)
    await expect(settings.renew(nothing)).rejects.toMatchObject({
      code: 'CONFIG_MIXED',
      message: 'a refused configuration could not be gone back from: b: not 1',
    })
    expect(said).toEqual(['a 1 → 2', 'b 1 → 2', 'c 1 → 2', 'b 2 → 1', 'a 2 → 1'])
  })
})

test('a service without a configuration has none to listen to', async () => {
  const settings = liveConfig(undefined, () => {})
  await settings.begin()
  expect(settings.current).toBe(undefined)
  expect(() => settings.listen(() => {})).toThrow('the definition of this service has no config')
})
