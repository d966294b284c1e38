import { expect, test } from 'vitest'
import { configArguments } from './compose-service-config.ts'

test('the arguments of a service name its file and its settings, all else is its own', () => {
  const argv = ['run', '--set', 'a.b=1', '-v', '--config=app.toml', '--set=c=d=e', '--settle', 'x']
  expect(configArguments(argv)).toEqual({
    file: 'app.toml',
    keys: null,
    set: ['a.b=1', 'c=d=e'],
    remote: null,
  })
  expect(configArguments(['--', '--set', 'a=1'])).toEqual({
    file: null,
    set: [],
    remote: null,
    keys: null,
  })
})

test.each([['--set'], ['--config'], ['--remote']])('%s alone is refused', (flag) => {
  expect(() => configArguments([flag])).toThrow(`${flag} needs a value`)
})
