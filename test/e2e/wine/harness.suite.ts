import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { describe, test } from '../../contract/harness.ts'
import { windowsProgram } from '../../fixtures/windows-programs.ts'

describe('the Windows that the other suites run on', () => {
  test('is one for Node, started from the checkout', {}, () => {
    assert.equal(process.platform, 'win32')
    assert.match(process.version, /^v22\./)
  })

  test('lets koffi call its functions', {}, async () => {
    const { default: koffi } = await import('koffi')
    const getCurrentProcessId = koffi.load('kernel32.dll').func('uint32 GetCurrentProcessId()')
    assert.equal(getCurrentProcessId(), process.pid)
  })

  test('runs the programs that were compiled for it', {}, () => {
    assert.equal(spawnSync(windowsProgram('exits'), ['7']).status, 7)
  })

  test('has a Service Control Manager that answers', {}, () => {
    const list = execFileSync('sc.exe', ['query', 'rpcss'], { encoding: 'utf8' })
    assert.match(list, /SERVICE_NAME: rpcss/i)
  })
})
