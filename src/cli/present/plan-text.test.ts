import { expect, test } from 'vitest'
import type { Plan } from '../../model/plan.ts'
import { completeSpec } from '../../model/service-spec.ts'
import { planText } from './plan-text.ts'

const plan: Plan = {
  manager: 'systemd',
  scope: 'system',
  spec: completeSpec({ name: 'web', file: '/bin/web', startType: 'auto' }),
  files: [{ path: '/etc/web.service', mode: 0o644, text: '[Unit]\nDescription=web\n' }],
  steps: [
    { kind: 'command', file: 'systemctl', args: ['enable', 'a b'], purpose: 'it starts by itself' },
    { kind: 'call', api: 'CreateServiceW', values: { name: 'web' }, purpose: 'it is there' },
  ],
  unsupported: [],
  notes: ['worth knowing'],
}

test('a plan tells everything in the order in which it happens', () => {
  expect(planText(plan)).toBe(
    [
      'plan: install web on systemd (system), start auto, restarts on-failure after 1s, 10s to stop',
      '',
      'write /etc/web.service (mode 0644)',
      '    [Unit]',
      '    Description=web',
      '',
      'run systemctl enable "a b"    # it starts by itself',
      'call CreateServiceW    # it is there',
      '    name: "web"',
      '',
      'note: worth knowing',
    ].join('\n'),
  )
})

test('S10 what cannot be honoured comes last, each setting with its reason', () => {
  const refused = {
    ...plan,
    unsupported: [{ setting: 'limits.cpu', reason: 'it has no such limit' }],
  }
  expect(planText(refused)).toMatch(/would be refused:\n {2}limits\.cpu: it has no such limit$/)
})

test('a step says whether restarts happen at all', () => {
  const never = {
    ...plan,
    spec: { ...plan.spec, restart: { ...plan.spec.restart, when: 'no' as const } },
  }
  expect(planText(never)).toContain('no restarts')
})
