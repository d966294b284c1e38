/** What is published for Prometheus, read by its own tool. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { alertRules, dashboardExpressions, RULES_FILE } from './shared-files.ts'

const isThere = spawnSync('promtool', ['--version']).status === 0

function promtool(...args: string[]) {
  const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' })
  return { status, said: `${stdout}${stderr}` }
}

function fileWith(name: string, text: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'stead-promtool-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  writeFileSync(join(directory, name), text)
  return join(directory, name)
}

describe.skipIf(!isThere)('promtool', () => {
  test('finds twelve rules and nothing to complain of', () => {
    const { status, said } = promtool('check', 'rules', RULES_FILE)
    expect({ status, said }).toMatchObject({ status: 0, said: expect.stringContaining('12 rules') })
  })

  const cases = readFileSync(new URL('stead.rules.test.yml', import.meta.url), 'utf8')

  test('sees each alert fire, and not a moment too soon', () => {
    const path = fileWith('rules.test.yml', cases.replace('STEAD_RULES', RULES_FILE))
    const { status, said } = promtool('test', 'rules', path)
    expect(said).toContain('SUCCESS')
    expect(status).toBe(0)
    for (const { alert } of alertRules()) {
      expect(
        cases.split(`alertname: ${alert}\n        exp_alerts:\n          -`),
        alert,
      ).toHaveLength(2)
    }
  })

  test('would see one that does not', () => {
    const wrong = cases
      .replace('STEAD_RULES', RULES_FILE)
      .replace('id: api@2, phase', 'id: api, phase')
    expect(wrong).not.toBe(cases.replace('STEAD_RULES', RULES_FILE))
    expect(promtool('test', 'rules', fileWith('rules.test.yml', wrong)).status).not.toBe(0)
  })

  test('can read every expression of the dashboard', () => {
    const rules = dashboardExpressions().map((expr, at) => ({ record: `panel:${at}`, expr }))
    const file = fileWith('panels.json', JSON.stringify({ groups: [{ name: 'panels', rules }] }))
    const { status, said } = promtool('check', 'rules', file)
    expect({ status, said }).toMatchObject({ status: 0 })
  })
})
