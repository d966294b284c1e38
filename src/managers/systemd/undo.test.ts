import { expect, test } from 'vitest'
import { settle } from './undo.ts'

test('S09 what was done is undone, the last first, and the failure goes on', async () => {
  const seen: string[] = []
  const failing = settle(async (undo) => {
    undo(async () => seen.push('first'))
    undo(async () => seen.push('second'))
    throw new Error('third')
  })
  await expect(failing).rejects.toThrow('third')
  expect(seen).toEqual(['second', 'first'])
})

test('S09 an undoing that fails does not keep the others from it, and is told as a cause', async () => {
  const seen: string[] = []
  const failing = settle(async (undo) => {
    undo(async () => seen.push('first'))
    undo(async () => {
      throw new Error('stuck')
    })
    throw new Error('third')
  })
  const error = await failing.catch((caught: Error) => caught)
  expect(seen).toEqual(['first'])
  expect((error as Error).message).toBe('third')
  expect(((error as Error).cause as AggregateError).errors.map(String)).toContain('Error: stuck')
})

test('nothing is undone where all went well', async () => {
  const seen: string[] = []
  await settle(async (undo) => undo(async () => seen.push('undone')))
  expect(seen).toEqual([])
})
