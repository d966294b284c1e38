import assert from 'node:assert/strict'
import { userInfo } from 'node:os'
import { accounts } from '../../../src/platform/win32/accounts.ts'
import { processes } from '../../../src/platform/win32/processes.ts'
import { describe, test } from '../../contract/harness.ts'

/** No Windows process has it: process ids are multiples of four. */
const NO_PID = 4_294_967_295

describe('processes of Windows', () => {
  const known = processes()

  test('this one has one mark of birth, and was born before now', {}, async () => {
    const birth = await known.birth(process.pid)
    assert.notEqual(birth, null)
    assert.equal(await known.birth(process.pid), birth)
    const startedAt = (await known.startedAt(process.pid))?.getTime() ?? 0
    assert.ok(startedAt <= Date.now() && startedAt > Date.now() - 600_000)
  })

  test('this one has as much memory as it says of itself', {}, async () => {
    const memory = (await known.memory(process.pid)) ?? 0
    const own = process.memoryUsage().rss
    assert.ok(memory > own / 2 && memory < own * 2, `${memory} of ${own}`)
  })

  test('of one that is not there, nothing is known', {}, async () => {
    assert.equal(await known.birth(NO_PID), null)
    assert.equal(await known.startedAt(NO_PID), null)
    assert.equal(await known.memory(NO_PID), null)
  })
})

describe('accounts of Windows', () => {
  const known = accounts()

  for (const name of [userInfo().username, 'LocalService', 'LocalSystem', 'NT SERVICE\\app']) {
    test(`${name} is a user`, {}, async () => {
      assert.equal(await known.userExists(name), true)
    })
  }

  test('Users is a group and no user', {}, async () => {
    assert.equal(await known.groupExists('Users'), true)
    assert.equal(await known.userExists('Users'), false)
  })

  for (const name of ['nobody-here', '', 'a\\b\\c', "x' OR 1", 'ü'.repeat(300)]) {
    test(`${JSON.stringify(name.slice(0, 20))} is neither user nor group`, {}, async () => {
      assert.equal(await known.userExists(name), false)
      assert.equal(await known.groupExists(name), false)
    })
  }

  test('the caller is known by name, and in this Windows is an administrator', {}, () => {
    assert.equal(known.self().name, userInfo().username)
    assert.equal(known.self().uid, null)
    assert.equal(known.isPrivileged(), true)
  })
})
