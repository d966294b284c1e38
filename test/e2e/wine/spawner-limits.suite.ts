/** What the job of a program holds it to, and tells of it, on the programs of test/fixtures/windows. */
import assert from 'node:assert/strict'
import { createJob, jobName, openJob } from '../../../src/platform/win32/spawn/job.ts'
import { EXTENDED_LIMITS_SIZE, holdsMemory } from '../../../src/platform/win32/spawn/job-limits.ts'
import { listenToJob } from '../../../src/platform/win32/spawn/job-messages.ts'
import { kernel32 } from '../../../src/platform/win32/spawn/kernel32.ts'
import { windowsSpawner } from '../../../src/platform/win32/spawn/windows-spawner.ts'
import { treeUsage } from '../../../src/platform/win32/usage.ts'
import { after, before, describe, test } from '../../contract/harness.ts'
import { type SpawnPlace, spawnPlace } from '../../contract/spawning.ts'
import { until } from '../../contract/until.ts'
import { windowsProgram } from '../../fixtures/windows-programs.ts'

const MIB = 1024 * 1024

describe('the job of a program of Windows', () => {
  let place: SpawnPlace
  before(() => {
    place = spawnPlace(windowsSpawner())
  })
  after(async () => {
    await place.end()
    place.spawner.close()
  })

  test('tells what the program uses, and what it started', {}, async () => {
    const usage = treeUsage()
    const one = await place.ready([windowsProgram('allocates'), '64'])
    const { pid } = one.child.identity
    const used = (await usage.sample([pid, 4_000_000])).get(pid)
    assert.ok((used?.memory ?? 0) > 64 * MIB, `${used?.memory}`)
    const family = await place.ready([windowsProgram('family'), '2'])
    await until('all are there', () => family.said().match(/^pid/gm)?.length === 3)
    const root = family.child.identity.pid
    const extent = (await usage.extents([root])).get(root)
    assert.ok((extent?.processes ?? 0) >= 3, JSON.stringify(extent))
    assert.notEqual(extent?.descriptors, null)
    one.child.signal('SIGKILL', 'tree')
    await one.exit()
    assert.deepEqual(await usage.sample([pid]), new Map())
  })

  test('is there under the name of the life, and gone with it', {}, async () => {
    const { child, exit, mark } = await place.ready([windowsProgram('polite')])
    const job = openJob(jobName(mark))
    assert.ok(job?.pids().includes(child.identity.pid))
    job?.close()
    child.signal('SIGKILL', 'tree')
    await exit()
    await until('it is gone', () => {
      const left = openJob(jobName(mark))
      left?.close()
      return left === null
    })
  })

  test('takes priority, processors and a number of processes', {}, async () => {
    const windows = { priority: 'below-normal', affinity: [0], killOnClose: true } as const
    const { child } = await place.ready([windowsProgram('polite')], {
      windows,
      rlimits: { processes: 20 },
    })
    assert.equal(child.survivors('tree').length, 1)
  })

  test('takes limits of memory and processor time, others in a life, and none', {}, async () => {
    const limits = { memory: 64 * MIB, cpu: 50 }
    const { child, mark } = await place.ready([windowsProgram('polite')], { limits })
    const job = openJob(jobName(mark))
    assert.ok(job !== null)
    /** Whether memory and processor time are limits of the job; null in Wine 8, which tells of neither. */
    const held = (): readonly [boolean, boolean] | null => {
      const read = Buffer.alloc(EXTENDED_LIMITS_SIZE)
      const rate = Buffer.alloc(8)
      kernel32().QueryInformationJobObject(job.handle, 9, read, read.length, null)
      kernel32().QueryInformationJobObject(job.handle, 15, rate, rate.length, null)
      if (read.every((byte) => byte === 0)) return null
      return [holdsMemory(read), rate.readUInt32LE(0) !== 0]
    }
    const isTold = held() !== null
    assert.deepEqual(held(), isTold ? [true, true] : null)
    child.limit?.({ memory: null, cpu: null })
    assert.deepEqual(held(), isTold ? [false, false] : null)
    child.limit?.({ memory: 128 * MIB, cpu: 50 })
    assert.deepEqual(held(), isTold ? [true, true] : null)
    assert.equal(job.pids().includes(child.identity.pid), true)
    job.close()
  })

  test('a program that Windows refuses memory has it in its end', {}, async () => {
    const limits = { memory: 64 * MIB, cpu: null }
    const { exit, said } = await place.ready([windowsProgram('allocates'), '200'], { limits })
    // Wine 8 takes the limit and gives more.
    if (said().includes('has')) return
    assert.deepEqual(await exit(), { kind: 'code', code: 8, outOfMemory: 'limit' })
  })

  test('what Windows tells of a job is read, and a refusal is told once', {}, async () => {
    const job = createJob(null, { rlimits: {} })
    assert.ok(typeof job !== 'number')
    const messages = listenToJob(job.handle)
    assert.ok(messages !== null)
    // NEW_PROCESS, JOB_MEMORY_LIMIT, EXIT_PROCESS of <winnt.h>, as Windows posts them, with a pid.
    const post = (message: number): number =>
      kernel32().PostQueuedCompletionStatus(messages.port, message, 0, 4711)
    assert.equal(messages.refusedMemory(), false)
    assert.ok(post(6) && post(7))
    assert.equal(messages.refusedMemory(), false)
    assert.ok(post(6) && post(10) && post(7))
    assert.equal(messages.refusedMemory(), true)
    assert.equal(messages.refusedMemory(), false)
    messages.close()
    job.close()
  })

  test('a second life of the same mark is refused while the first has the job', {}, async () => {
    const { mark } = await place.ready([windowsProgram('polite')])
    const request = place.request([windowsProgram('exits'), '0'])
    const env = { ...request.env, STEAD_INCARNATION: mark }
    const { failure } = place.spawner.spawn({ ...request, env }, () => {})
    assert.equal(failure?.errno, 'EEXIST')
  })

  test('of a spawner that is closed lives on, and another spawner adopts it', {}, async () => {
    const other = spawnPlace(windowsSpawner())
    const { child, mark } = await other.ready([windowsProgram('family'), '1'])
    other.spawner.close()
    const [found] = place.spawner.findByEnvironment('STEAD_INCARNATION', mark)
    assert.deepEqual(found?.identity, child.identity)
    const ends: unknown[] = []
    const adopted = place.spawner.adopt(child.identity, (exit) => ends.push(exit))
    await until('both are there', () => adopted?.survivors('tree').length === 2)
    adopted?.signal('SIGKILL', 'tree')
    await until('its end is told', () => ends.length === 1)
    await until('nothing is left', () => adopted?.survivors('tree').length === 0)
    assert.deepEqual(ends, [{ kind: 'signal', signal: 'SIGKILL' }])
  })
})
