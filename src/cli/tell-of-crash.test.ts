import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'

/** A process in place of a guard, whose host prints what it is told; `code` is how it goes wrong. */
function dies(code: string) {
  const file = new URL('./tell-of-crash.ts', import.meta.url).href
  const script = `
    import { writeSync } from 'node:fs'
    import { tellOfCrash } from ${JSON.stringify(file)}
    const tell = (what) => writeSync(1, JSON.stringify(what) + '\\n')
    const off = tellOfCrash({
      log: ({ event, severity, message }) => tell([event, severity, message.split('\\n')[0]]),
      flush: () => tell('flush'),
      finish: () => tell('finish'),
    })
    ${code}`
  const args = ['--input-type=module', '--eval', script]
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  const told = stdout.split('\n').filter((line) => line !== '')
  return { status, told: told.map((line) => JSON.parse(line) as unknown) }
}

test.each([
  ['an exception', `throw new Error('no more')`],
  ['a rejection', `Promise.reject(new Error('no more')); await new Promise(() => {})`],
])(
  'S04 %s that nobody caught is in the logs before the process ends, which tells its manager',
  (_, code) => {
    const { status, told } = dies(code)
    expect(told).toEqual([['guard-crashed', 2, 'Error: no more'], 'flush'])
    expect(status).not.toBe(0)
  },
)

test('an end that was in order, and what comes after it, is not', () => {
  expect(dies('off()').told).toEqual([])
  expect(dies(`off(); throw new Error('late')`).told).toEqual([])
})
