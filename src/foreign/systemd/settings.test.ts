import { expect, test } from 'vitest'
import { LOST } from './settings.ts'

const insteadOf = (name: string) => LOST.find(([pattern]) => pattern.test(name))?.[2]

test('what waits for files and mounts in stead is named instead of what systemd looks at once', () => {
  for (const name of ['ConditionPathExists', 'AssertPathIsDirectory', 'ConditionFileNotEmpty'])
    expect(insteadOf(name), name).toBe('needs: [{ file: PATH }]')
  for (const name of ['RequiresMountsFor', 'WantsMountsFor', 'ConditionPathIsMountPoint'])
    expect(insteadOf(name), name).toMatch(/mountpoint, -q/)
  // Nothing of stead is the same: systemd does not wait, and is no failure.
  for (const name of ['ConditionVirtualization', 'AssertKernelCommandLine'])
    expect(insteadOf(name), name).toBeNull()
})
