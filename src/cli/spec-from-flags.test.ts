import { expect, test } from 'vitest'
import { specFromFlags } from './spec-from-flags.ts'

test('what was not said is left to the defaults', () => {
  expect(specFromFlags('web', ['/bin/x', '--a'], {})).toEqual({
    name: 'web',
    command: ['/bin/x', '--a'],
  })
})

test('flags become the description that a file would have', () => {
  expect(
    specFromFlags('web', ['/bin/x'], {
      autostart: true,
      env: ['A=1', 'B=', 'C=x=y'],
      remote: 'https://config.example/web.yaml',
      restart: 'always',
      restartLimit: '3/1m',
      memory: '1G',
      openFiles: '10',
      harden: true,
      native: true,
      dependsOn: ['db'],
    }),
  ).toEqual({
    name: 'web',
    command: ['/bin/x'],
    protocol: 'native',
    startType: 'auto',
    remote: 'https://config.example/web.yaml',
    env: { A: '1', B: '', C: 'x=y' },
    restart: { when: 'always', limit: '3/1m' },
    limits: { memory: '1G', openFiles: '10' },
    harden: 'standard',
    dependsOn: ['db'],
  })
})

test('a start type is the last word over --autostart', () => {
  expect(specFromFlags('web', ['/x'], { autostart: true, startType: 'delayed' }).startType).toBe(
    'delayed',
  )
})

test('a variable named __proto__ is one like any other', () => {
  const { env } = specFromFlags('web', ['/x'], { env: ['__proto__=x'] })
  expect(Object.keys(env ?? {})).toEqual(['__proto__'])
})

test('--env without a "=" is wrong use', () => {
  expect(() => specFromFlags('web', ['/x'], { env: ['A'] })).toThrowError(
    expect.objectContaining({ code: 'USAGE' }),
  )
})

test('the same variable twice is wrong use', () => {
  expect(() => specFromFlags('web', ['/x'], { env: ['A=1', 'A=2'] })).toThrowError(
    expect.objectContaining({ code: 'USAGE' }),
  )
})
