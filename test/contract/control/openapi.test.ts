import { describe, expect, test } from 'vitest'
import { jsonAnswer } from '../../../src/control/answers.ts'
import { ROUTES } from '../../../src/control/routes.ts'
import { fakeGuard } from '../../fakes/guard-api.ts'
import { problemsOf } from './openapi.ts'

const guard = fakeGuard(1)
const get = (target: string, value: unknown, status = 200): string[] =>
  problemsOf({ method: 'GET', target }, jsonAnswer(value, status))

describe('the OpenAPI document', () => {
  test('says what each route answers with', () => {
    for (const { method, path } of ROUTES) {
      const target = path.replace('ID', 'svc-0').replace('VERB', 'stop')
      const wrong = { status: 200, type: 'application/x-other', body: '' }
      expect(problemsOf({ method, target }, wrong)).toEqual([
        `${method} ${target} (200, application/x-other): not in the document`,
      ])
    }
  })

  test('finds an answer that is not as it says', () => {
    const facts = guard.facts()
    expect(get('/v1', facts)).toEqual([])
    expect(get('/v1', { ...facts, pid: 'seven' })).toHaveLength(1)
    expect(get('/v1', { ...facts, more: 1 })).toHaveLength(1)
    const status = guard.status({ names: [] })
    expect(get('/v1/status?name=svc-0', status)).toEqual([])
    const [service] = status.services
    const wrong = { ...status, services: [{ ...service, phase: 'confused' }] }
    expect(get('/v1/status', wrong)).toHaveLength(1)
    expect(get('/v1', { error: { code: 'RIGHTS', message: '', hint: '' } }, 403)).toEqual([])
    expect(get('/v1', { error: 'no' }, 403)).toHaveLength(1)
  })
})
