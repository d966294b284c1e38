import { describe, expect, test } from 'vitest'
import { stead } from './stead.ts'

describe('verbs of Windows, elsewhere', () => {
  test.concurrent.each([
    [['password', 'web', '--password-stdin'], 'services need none there'],
    [['control', 'web', '200'], 'only Windows services have'],
  ])('%j says that this manager has them not', async (args, reason) => {
    const { code, stderr } = await stead(args, { input: 'hunter2\n' })
    expect(code).toBe(2)
    expect(stderr).toContain(reason)
    expect(stderr).not.toContain('hunter2')
  })

  test.each(['x', '1e2', '', '99999'])('control takes no %j', async (code) => {
    const ran = await stead(['control', 'web', code])
    expect(ran.code).toBe(2)
    expect(ran.stderr).toContain('128 to 255')
  })

  test('install takes no password for an account that has none', async () => {
    const { code, stderr } = await stead(
      ['install', 'web', '--user', 'root', '--password-stdin', '--home', '/nowhere', '--', 'true'],
      { input: 'hunter2\n' },
    )
    expect(code).toBe(2)
    expect(stderr).toContain('root has no password that could be given')
    expect(stderr).not.toContain('hunter2')
  })
})
