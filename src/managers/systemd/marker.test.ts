import { describe, expect, test } from 'vitest'
import { homeOf } from '../../model/home.ts'
import { completeSpec } from '../../model/service-spec.ts'
import { parseMarker, renderMarker } from './marker.ts'

const homeAt = (root: string | null) =>
  homeOf({ platform: 'linux', scope: 'system', env: {}, userHome: '/root', root })

describe('the mark on a unit', () => {
  test.each(['x', 'a "b" \\', 'line\nbreak', '[X-Stead]', 'Home="/y"', '', '#', ';', '%n'])(
    'gives back what was written: %j',
    (text) => {
      const spec = completeSpec({
        name: 'a',
        file: '/bin/a',
        displayName: text,
        description: text,
        startType: 'delayed',
        protocol: 'native',
      })
      const unit = ['[Unit]', 'Description=a', ...renderMarker(spec, homeAt('/h\\')), ''].join('\n')
      expect(parseMarker(unit)).toEqual({
        home: '/h\\',
        protocol: 'native',
        startType: 'delayed',
        displayName: text,
        description: text,
      })
    },
  )

  test('of the platform’s own directories has no home', () => {
    const spec = completeSpec({ name: 'a', file: '/bin/a' })
    expect(parseMarker(renderMarker(spec, homeAt(null)).join('\n'))?.home).toBeNull()
  })

  test('no line of it ends in a backslash, which would swallow the next', () => {
    const spec = completeSpec({ name: 'a', file: '/bin/a', displayName: '\\', description: '\\' })
    expect(renderMarker(spec, homeAt('\\')).filter((line) => line.endsWith('\\'))).toEqual([])
  })

  test.each([
    ['a unit of somebody else', '[Unit]\nDescription=[X-Stead]\n[Service]\nExecStart=/bin/a'],
    ['an empty file', ''],
    ['a section without a format', '[X-Stead]\nHome=null'],
    ['a newer format', '[X-Stead]\nFormat=2\nHome=null'],
    ['a comment', '# [X-Stead]\n# Format=1'],
    ['lines of the next section', '[X-Stead]\n[Other]\nFormat=1'],
  ])('is not found in %s', (_, text) => {
    expect(parseMarker(text)).toBeNull()
  })
})
