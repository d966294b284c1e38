import { expect, test } from 'vitest'
import { parseNotice } from './notice.ts'

test('a notice is read as sd_notify(3) writes it', () => {
  expect(
    parseNotice('READY=1\nSTATUS=serving a=b\nMAINPID=42\nEXTEND_TIMEOUT_USEC=1500\n'),
  ).toEqual({
    ready: true,
    stopping: false,
    reloading: false,
    monotonic: null,
    watchdog: null,
    status: 'serving a=b',
    mainPid: 42,
    extendTimeout: 1.5,
    errno: null,
    store: null,
    storeName: null,
    storePolls: true,
  })
  expect(parseNotice('WATCHDOG=1').watchdog).toBe('beat')
  expect(parseNotice('WATCHDOG=trigger').watchdog).toBe('trigger')
  expect(parseNotice('FDSTORE=1\nFDNAME=a\nFDPOLL=0')).toMatchObject({
    store: 'keep',
    storeName: 'a',
    storePolls: false,
  })
  expect(parseNotice('FDSTORE=1\nFDSTOREREMOVE=1').store).toBe('give-up')
  expect(parseNotice('STOPPING=1\nERRNO=2')).toMatchObject({ stopping: true, errno: 2 })
  expect(parseNotice('RELOADING=1\nMONOTONIC_USEC=5')).toMatchObject({
    reloading: true,
    monotonic: 5,
  })
})

test('what is not known, or not well formed, says nothing', () => {
  const silent = parseNotice('')
  for (const text of ['BARRIER=1\nFDNAME=a:b', 'READY', '=1', 'READY=0', 'MAINPID=x', 'ERRNO=-1']) {
    expect(parseNotice(text)).toEqual(silent)
  }
  expect(parseNotice(`STATUS=${'x'.repeat(4_000)}`).status).toHaveLength(500)
})
