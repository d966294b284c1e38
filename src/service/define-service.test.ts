import { describe, expect, test } from 'vitest'
import { defineService, type ServiceDefinition } from './define-service.ts'

const start = (): void => {}

describe('a definition', () => {
  test('needs a name and a start, and gets the defaults for the rest', () => {
    expect(defineService({ name: 'web', start })).toMatchObject({
      name: 'web',
      displayName: null,
      startTimeout: 90_000,
      stopTimeout: 10_000,
      watchdog: null,
    })
  })

  test('takes durations as text', () => {
    const service = defineService({ name: 'web', start, stopTimeout: '2m', watchdog: '500ms' })
    expect([service.stopTimeout, service.watchdog]).toEqual([120_000, 500])
  })

  test('is frozen', () => expect(Object.isFrozen(defineService({ name: 'web', start }))).toBe(true))

  test('with a bad name is refused with the rule', () => {
    expect(() => defineService({ name: 'a/b', start })).toThrow(
      expect.objectContaining({ code: 'NAME_INVALID' }),
    )
  })

  test('with several mistakes names all of them', () => {
    const wrong = { name: 'web', start: 1, stopTimeout: 'soon', pause: start, strat: start }
    const message = messageOf(wrong as unknown as ServiceDefinition)
    for (const part of [
      'start: ',
      'stopTimeout: "soon"',
      'pause and resume',
      'strat: there is no',
    ]) {
      expect(message).toContain(part)
    }
  })

  test('takes any Standard Schema for its configuration, and nothing else', () => {
    const validate = (value: unknown) => ({ value })
    const config = { '~standard': { version: 1, vendor: 'own', validate } } as const
    expect(defineService({ name: 'web', start, config }).config).toBe(config)
    for (const none of [{}, 5, null, { '~standard': {} }]) {
      const wrong = { name: 'web', start, config: none } as unknown as ServiceDefinition
      if (none === null) expect(defineService(wrong).config).toBe(null)
      else expect(messageOf(wrong)).toContain('config: it has to be a schema of Standard Schema')
    }
    expect(messageOf({ name: 'web', start, watchConfig: true })).toContain('no use without config')
  })

  test.each(['0s', '', '-1s'])('refuses %j as a time', (stopTimeout) =>
    expect(messageOf({ name: 'web', start, stopTimeout })).toContain('stopTimeout'),
  )
})

function messageOf(definition: ServiceDefinition): string {
  try {
    defineService(definition)
  } catch (error) {
    return (error as Error).message
  }
  throw new Error('it was not refused')
}
