import { expect, test } from 'vitest'
import { type ServiceStatusWords, statusReporter } from './service-dispatcher-status.ts'

function reporterWithClock() {
  const sent: ServiceStatusWords[] = []
  let time = 0
  const reporter = statusReporter(
    (words) => sent.push(words),
    () => time,
  )
  return {
    reporter,
    sent,
    pass: (seconds: number) => {
      for (let i = 0; i < seconds; i += 1) {
        time += 1_000
        reporter.tick()
      }
    },
  }
}

test('S02 a start advances its checkpoint every second, far beyond the first wait hint', () => {
  const { reporter, sent, pass } = reporterWithClock()
  expect(sent).toEqual([[0x10, 2, 0, 0, 0, 1, 5_000]])
  reporter.report('start-pending', 3_600_000)
  pass(40)
  expect(sent.map((words) => words[5])).toEqual(sent.map((_, index) => index + 1))
  expect(sent).toHaveLength(42)
  expect(sent.at(-1)).toEqual([0x10, 2, 0, 0, 0, 42, 5_000])
})

test('the wait hint promises nothing beyond the patience, and then the checkpoint stands', () => {
  const { reporter, sent, pass } = reporterWithClock()
  reporter.report('start-pending', 3_000)
  pass(2)
  expect(sent.at(-1)?.slice(5)).toEqual([4, 1_000])
  pass(10)
  expect(sent.at(-1)?.slice(5)).toEqual([4, 1_000])
})

test('checkpoint and hint are zero in states that are not pending', () => {
  const { reporter, sent, pass } = reporterWithClock()
  reporter.accept(0x3)
  reporter.report('running', 0)
  expect(sent.at(-1)).toEqual([0x10, 4, 0x3, 0, 0, 0, 0])
  const count = sent.length
  pass(5)
  expect(sent).toHaveLength(count)
})

test('S03 a stop during starting is reported at once, and a late report of the start is not', () => {
  const { reporter, sent } = reporterWithClock()
  reporter.accept(0x1)
  reporter.stopRequested()
  expect(sent.at(-1)?.slice(1, 3)).toEqual([3, 0])
  const count = sent.length
  reporter.report('start-pending', 60_000)
  reporter.report('running', 0)
  reporter.stopRequested()
  expect(sent).toHaveLength(count)
})

test('while it starts a service takes a stop and the end of the machine, and nothing else', () => {
  const { reporter, sent } = reporterWithClock()
  reporter.accept(0x10b)
  expect(sent.at(-1)?.slice(1, 3)).toEqual([2, 0x101])
  reporter.report('running', 0)
  expect(sent.at(-1)?.slice(1, 3)).toEqual([4, 0x10b])
})

test('nothing is reported after stopped', () => {
  const { reporter, sent, pass } = reporterWithClock()
  reporter.finish(1066, 7)
  expect(sent.at(-1)).toEqual([0x10, 1, 0, 1066, 7, 0, 0])
  const count = sent.length
  reporter.finish(0, 0)
  reporter.report('running', 0)
  reporter.accept(0x1)
  reporter.stopRequested()
  pass(3)
  expect(sent).toHaveLength(count)
})
