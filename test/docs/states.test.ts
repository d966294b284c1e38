import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { PROGRAM_PHASES } from '../../src/model/guard-status.ts'
import { LIFECYCLE_STATES } from '../../src/model/lifecycle-state.ts'
import { EXIT } from '../../src/service/exit-codes.ts'
import { legalActions } from '../../src/service/lifecycle.ts'

const text = readFileSync(new URL('../../docs/reference/states.md', import.meta.url), 'utf8')

const ofTheGuard = text.slice(text.indexOf('under the guard\n'))

describe('docs/reference/states.md agrees with the code:', () => {
  test.each(PROGRAM_PHASES)(
    'the phase %s of the guard: what it means, and how it is left',
    (phase) => {
      expect(ofTheGuard).toMatch(new RegExp(`^\\| \`${phase}\` \\| [^|]+( \\| [^|]+){4} \\|$`, 'm'))
      expect(ofTheGuard).toMatch(new RegExp(`^    ${phase} --> `, 'm'))
      expect(ofTheGuard).toMatch(new RegExp(`^    \\S+ --> ${phase}\\b`, 'm'))
    },
  )

  test.each(LIFECYCLE_STATES)('what may be asked for while %s', (state) => {
    const table = text.slice(text.indexOf('may be asked for |'))
    const legal = legalActions(state)
    expect(table).toContain(`| \`${state}\` | ${legal.length === 0 ? '–' : legal.join(', ')} |`)
  })

  test.each(Object.entries(EXIT).filter(([name]) => name !== 'failed'))(
    'exit code: %s',
    (_, code) => {
      expect(text).toMatch(new RegExp(`^\\| ${code} \\|`, 'm'))
    },
  )
})
