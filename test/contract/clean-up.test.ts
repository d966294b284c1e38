import { expect, test } from 'vitest'
import { withCleanUp } from './clean-up.ts'

const fails = (message: string) => async (): Promise<void> => {
  throw new Error(message)
}

test('what was done is given, and cleaned up behind', async () => {
  const done: string[] = []
  const given = await withCleanUp(
    async () => done.push('body'),
    () => void done.push('clean-up'),
  )
  expect([given, done]).toEqual([1, ['body', 'clean-up']])
})

test('the first failure is told, the second behind it', async () => {
  const both = withCleanUp(fails('the reason'), fails('is not empty'))
  const error = await both.catch((found: Error) => found)
  expect(error).toMatchObject({
    message: 'the reason',
    stack: expect.stringMatching(/the reason.*and behind it: Error: is not empty$/s),
  })
  await expect(withCleanUp(async () => 1, fails('is not empty'))).rejects.toThrow('is not empty')
})
