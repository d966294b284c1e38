import { describe, expect, test } from 'vitest'
import { parseSpec } from '../../config/parse-spec.ts'
import { completeSpec } from '../../model/service-spec.ts'
import { needOfGuard, serviceFor } from './by-itself.ts'

const STEAD = ['C:\\node.exe', '--import', 'file:///C:/stead/scm-start.js', 'C:\\stead\\stead.js']
const native = completeSpec({ name: 'app', file: 'C:\\app.exe', protocol: 'native' })
const any = { ...native, protocol: 'none' as const, args: ['--port', '80'], user: 'NetworkService' }

describe('the lightest guard', () => {
  test('is none for a program that speaks with the SCM itself', () => {
    expect(needOfGuard(native)).toBeNull()
    expect(serviceFor(native, STEAD)).toBe(native)
  })

  test('of any other executable is stead itself, under the account of the service', () => {
    const service = serviceFor(any, STEAD)
    expect([service.file, ...service.args]).toEqual([
      ...STEAD,
      ...['run', 'app', '--scope', 'system'],
    ])
    expect(service).toMatchObject({ protocol: 'native', user: 'NetworkService', env: {} })
  })

  test('is needed for what neither the SCM nor failure actions can say, each named once', () => {
    const asked = { restart: { when: 'always', factor: 3 }, health: { tcp: 80 } }
    const spec = parseSpec({ name: 'a', command: '/bin/a', limits: { cpu: 50 }, ...asked }, 'test')
    expect(needOfGuard(spec)).toEqual({
      protocol: true,
      settings: ['restart.when', 'limits.cpu', 'restart.factor', 'health'],
    })
  })
})
