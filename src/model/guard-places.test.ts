import { describe, expect, test } from 'vitest'
import { guardPlaces } from './guard-places.ts'
import { homeOf } from './home.ts'

const home = (platform: NodeJS.Platform) =>
  homeOf({ platform, scope: 'system', env: {}, userHome: '/root', root: null })

describe('the places of a guard', () => {
  test('two files of one project name have nothing in common', () => {
    const one = guardPlaces(home('linux'), 'app', '0123456789', 'linux')
    const other = guardPlaces(home('linux'), 'app', '9876543210', 'linux')
    expect(one.id).toBe('app-01234567')
    for (const key of ['id', 'state', 'run', 'socket', 'lock', 'logs'] as const) {
      expect(one[key]).not.toBe(other[key])
    }
  })

  test('the socket is in the run directory, and a named pipe on Windows', () => {
    expect(guardPlaces(home('linux'), 'app', '01234567', 'linux').socket).toBe(
      '/run/stead/guards/app-01234567/control.sock',
    )
    expect(guardPlaces(home('win32'), 'app', '01234567', 'win32').socket).toBe(
      '\\\\.\\pipe\\stead-app-01234567',
    )
  })
})
