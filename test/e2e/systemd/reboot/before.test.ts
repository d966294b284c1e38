import { expect, test } from 'vitest'
import { realManager } from '../inside/manager.ts'
import { services } from './services.ts'

test.each(services)('$name runs when the machine goes down', async (spec) => {
  const manager = realManager()
  await manager.install(manager.plan(spec))
  await manager.start(spec.name)
  expect((await manager.status(spec.name)).phase).toBe('running')
})
