import { expect, test } from 'vitest'
import { sharedCalls } from './shared-calls.ts'

test('who asks the same while it hangs waits for the same answer; afterwards it is asked anew', async () => {
  const asked: string[] = []
  const answers: PromiseWithResolvers<number>[] = []
  const ask = sharedCalls((of) => {
    asked.push(of)
    const answer = Promise.withResolvers<number>()
    answers.push(answer)
    return answer.promise
  })
  const both = [ask('a'), ask('a')]
  expect(asked).toEqual(['a'])
  answers[0]?.resolve(7)
  expect(await Promise.all(both)).toEqual([7, 7])
  const again = ask('a')
  answers[1]?.reject(new Error('gone'))
  await expect(again).rejects.toThrow('gone')
  void ask('a')
  expect(asked).toEqual(['a', 'a', 'a'])
})
