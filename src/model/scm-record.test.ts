import { describe, expect, test } from 'vitest'
import { formatScmRecord, parseScmRecord, type ScmRecord, scmRecordPath } from './scm-record.ts'

const record: ScmRecord = {
  version: 1,
  home: 'C:\\ProgramData\\stead\\specs',
  protocol: 'native',
  cwd: 'C:\\Program Files\\app',
  env: { STEAD_SERVICE: 'app', ÜMLAUT: 'a "b" %PATH% \\', EMPTY: '', LINES: 'a\r\nb' },
  envFile: null,
  configFile: null,
  logFile: 'C:\\ProgramData\\stead\\logs\\app.log',
  startTimeout: 90_000,
  stopTimeout: 10_000,
  watchdog: null,
}

describe('the record beside a Windows service', () => {
  test('comes back as it was written, hostile values too', () => {
    expect(parseScmRecord(formatScmRecord(record), 'app')).toEqual(record)
  })

  test.each(['', 'x', 'null', '[]', '"text"', '{}', '7'])('%j is not a record of ours', (text) => {
    expect(parseScmRecord(text, 'app')).toBeNull()
  })

  test('a newer version is refused by name and never half understood', () => {
    const text = JSON.stringify({ ...record, version: 2 })
    expect(() => parseScmRecord(text, 'app')).toThrow('its version is 2, known is 1')
  })

  test('missing and mistaken parts are named', () => {
    const { cwd: _, ...rest } = record
    const text = JSON.stringify({ ...rest, stopTimeout: -1, env: { A: 1 } })
    expect(() => parseScmRecord(text, 'app')).toThrow('unusable: cwd, env, stopTimeout')
  })

  test('lies below the key of the service', () => {
    expect(scmRecordPath('app')).toBe('SYSTEM\\CurrentControlSet\\Services\\app\\Parameters')
  })
})
