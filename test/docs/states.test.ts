import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { LIFECYCLE_STATES } from '../../src/model/lifecycle-state.ts'
import { EXIT } from '../../src/service/exit-codes.ts'
import { legalActions } from '../../src/service/lifecycle.ts'

const text = readFileSync(new URL('../../docs/reference/states.md', import.meta.url), 'utf8')

describe('docs/reference/states.md agrees with the code:', () => {
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
