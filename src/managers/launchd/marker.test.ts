import { describe, expect, test } from 'vitest'
import { homeOf } from '../../model/home.ts'
import { completeSpec } from '../../model/service-spec.ts'
import { formatMarker, homeMark, markerOf, readMarker } from './marker.ts'
import { renderPlist } from './plist.ts'

const home = homeOf({ platform: 'darwin', scope: 'system', env: {}, userHome: '/', root: '/a--b' })
const spec = completeSpec({
  name: 'web',
  file: '/bin/x',
  displayName: '--> <b>grüße</b> 🚀\n\u0001',
  description: '--',
})

describe('the marker in a plist', () => {
  test('comes back as it was', () => {
    const marker = markerOf(spec, home)
    expect(readMarker(renderPlist({}, formatMarker(marker)))).toEqual(marker)
  })

  test('is one line of ASCII that does not end its comment', () => {
    expect(formatMarker(markerOf(spec, home))).toMatch(/^[ -~]*$/)
    expect(formatMarker(markerOf(spec, home))).not.toContain('--')
  })

  test.each([
    ['no comment', '<plist version="1.0"><dict/></plist>'],
    ['another comment', '<!-- stead was here -->'],
    ['a comment that is not JSON', '<!-- stead {oops} -->'],
    ['a marker of a later version', '<!-- stead {"version":2} -->'],
  ])('is not there: %s', (_, text) => {
    expect(readMarker(text)).toBeNull()
  })

  test('names the home by its root, and without one by the directory of its records', () => {
    expect(homeMark(home)).toBe('/a--b')
    expect(homeMark({ ...home, root: null })).toBe('/a--b/specs')
  })
})
