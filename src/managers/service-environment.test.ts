import { expect, test } from 'vitest'
import { homeOf } from '../model/home.ts'
import { completeSpec } from '../model/service-spec.ts'
import { serviceEnvironment } from './service-environment.ts'

const home = (root: string | null) =>
  homeOf({ platform: 'linux', scope: 'system', env: {}, userHome: '/', root })
const spec = completeSpec({ name: 'web', file: '/bin/true', env: { A: 'b' } })

test('a service is told its name, and no more than there is', () => {
  expect(serviceEnvironment(spec, home(null))).toEqual({ A: 'b', STEAD_SERVICE: 'web' })
})

test('a service is told the remote source of its settings', () => {
  const remote = 'https://config.example/web.yaml'
  expect(serviceEnvironment({ ...spec, remote }, home(null))).toMatchObject({
    STEAD_REMOTE: remote,
  })
})

test('a service is told its configuration file and the home that it belongs to', () => {
  expect(serviceEnvironment({ ...spec, configFile: '/etc/web.conf' }, home('/opt/a'))).toEqual({
    A: 'b',
    STEAD_SERVICE: 'web',
    STEAD_CONFIG: '/etc/web.conf',
    STEAD_HOME: '/opt/a',
  })
})
