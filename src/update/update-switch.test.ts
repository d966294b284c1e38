import { describe, expect, test } from 'vitest'
import { requireSwitchedOn } from './update-switch.ts'

describe('the switch for updates', () => {
  test.each<Record<string, string>>([{}, { STEAD_UPDATE: '1' }])(
    'lets a service update itself with %j',
    (env) => {
      expect(() => requireSwitchedOn({ name: 'app', env })).not.toThrow()
    },
  )

  test.each(['0', 'no', ''])('refuses with %j, and names who can allow it', (value) => {
    const refused = expect(() => requireSwitchedOn({ name: 'app', env: { STEAD_UPDATE: value } }))
    refused.toThrow(
      expect.objectContaining({
        code: 'UPDATE_UNSUPPORTED',
        message: expect.stringContaining(
          `switched off when it was installed (STEAD_UPDATE=${value})`,
        ),
        hint: expect.stringContaining('an administrator'),
      }),
    )
  })
})
