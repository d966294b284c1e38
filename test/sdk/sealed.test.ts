import { expect, test } from 'vitest'
import { formatKey, newKey } from '../../src/secrets/key-ring.ts'
import { seal } from '../../src/secrets/seal.ts'
import { HELLO, runProgram } from './process.ts'

const key = newKey()
const STEAD_KEY = formatKey(key)

test('a service has its sealed variables open when it starts', async () => {
  const GREETING = seal('a sealed greeting', ['env', 'GREETING'], key)
  const program = runProgram(HELLO, [], { STEAD_KEY, GREETING, PORT: '0' })
  const said = await program.until(/http:\/\/127\.0\.0\.1:\d+\//)
  const [address = ''] = /http:\/\/127\.0\.0\.1:\d+\//.exec(said) ?? []
  expect(await (await fetch(address)).text()).toBe('a sealed greeting\n')
  program.child.kill('SIGTERM')
  expect(await program.ended).toEqual({ code: 0, signal: null })
})

test('a sealed variable that does not open fails the start, and is named without its value', async () => {
  const GREETING = seal('a sealed greeting', ['env', 'OTHER'], key)
  const program = runProgram(HELLO, [], { STEAD_KEY, GREETING, PORT: '0' })
  expect(await program.ended).toEqual({ code: 6, signal: null })
  expect(program.output()).toContain('env.GREETING: it was changed, or sealed for another setting')
  expect(program.output()).not.toContain('a sealed greeting')
})
