import assert from 'node:assert/strict'
import type { Plan } from '../../../src/model/plan.ts'
import { rejectsWith, type Scenario } from './room.ts'
import { have, isLack, type ManagerSetup } from './setup.ts'

/** Values that something on the way to a program may eat, split or expand. */
export const HOSTILE_VALUES: readonly string[] = [
  '',
  ' ',
  'two words',
  '  blanks around  ',
  'tab\tinside',
  'line\nbreak',
  '\nbreaks around\n',
  'carriage\rreturn',
  "it's",
  '"quoted"',
  'a"b',
  `'"'"'`,
  'ends with \\',
  'ends with two \\\\',
  '\\',
  'C:\\Program Files\\x\\',
  '\\"',
  'back\\slash "and quote\\"',
  '%',
  '%n %i %% %PATH%',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: that nothing expands it is the point
  '$HOME ${HOME} $$ $(id) `id`',
  'a;b',
  ';',
  'a && b | c > d < e & f',
  '#comment',
  '*?[a-z]~{a,b}',
  '!bang ^caret',
  '--',
  '-n',
  '=',
  'a=b=c',
  '<xml attr="1">&amp;</xml>',
  ']]>',
  '<!-- -->',
  'grüße',
  '你好',
  '🚀 e\u0301',
  '\u00a0no-break\u2028line\u2029paragraph',
  '\ufeffmark',
  'x'.repeat(5_000),
  'control \u0001 \u001b[31m',
  '\u007f\u0085\ufffe',
]

/** P09: what a manager cannot carry is named before anything is changed; the rest arrives exactly. */
export function values(scenario: Scenario, setup: ManagerSetup): void {
  for (const kind of ['story', 'plain'] as const) {
    scenario(`P09 ${kind}: arguments arrive exactly`, [setup[kind]], async (room) => {
      const name = room.newName()
      const file = setup.tempFile('p09-args')
      const build = (tail: readonly string[]) =>
        have(setup[kind])(name, ['--record', file, '--', ...tail])
      const carried: string[] = []
      for (const value of HOSTILE_VALUES) {
        const plan = room.manager.plan(build([value]))
        if (isNamed(plan, /^(args|command)/)) await refuses(plan)
        else carried.push(value)
      }
      assert.ok(carried.length > HOSTILE_VALUES.length / 2)
      await room.install(build(carried))
      await room.manager.start(name)
      const { argv } = await room.record(file)
      assert.deepEqual(argv.slice(argv.indexOf('--') + 1), carried)
    })

    scenario(`P09 ${kind}: the environment arrives exactly`, [setup[kind]], async (room) => {
      const name = room.newName()
      const file = setup.tempFile('p09-env')
      const build = (env: Readonly<Record<string, string>>) =>
        have(setup[kind])(name, ['--record', file], { env })
      const carried: Record<string, string> = {}
      for (const [index, value] of HOSTILE_VALUES.entries()) {
        const plan = room.manager.plan(build({ [`P09_${index}`]: value }))
        if (isNamed(plan, /^env/)) await refuses(plan)
        else carried[`P09_${index}`] = value
      }
      assert.ok(Object.keys(carried).length > HOSTILE_VALUES.length / 2)
      await room.install(build(carried))
      await room.manager.start(name)
      const { env } = await room.record(file)
      const arrived = Object.fromEntries(
        Object.entries(env).filter(([variable]) => variable.startsWith('P09_')),
      )
      assert.deepEqual(arrived, carried)
      assert.equal(env.STEAD_SERVICE, name)
    })
  }

  const anyProgram = isLack(setup.story) ? setup.plain : setup.story

  scenario('P09 display name and description are kept exactly', [anyProgram], async (room) => {
    const name = room.newName()
    const file = setup.tempFile('p09-words')
    const words = `100% "of" it's <b>$HOME</b> &amp; grüße \\`
    const spec = have(anyProgram)(name, ['--record', file], {
      displayName: words,
      description: words,
    })
    const plan = room.manager.plan(spec)
    if (isNamed(plan, /^(displayName|description)/)) return refuses(plan)
    assert.equal(await room.install(spec), 'created')
    const facts = await setup.facts(name)
    assert.equal(facts.displayName, words)
    assert.equal(facts.description, words)
    assert.equal((await room.status(name)).displayName, words)
  })

  async function refuses(plan: Plan): Promise<void> {
    for (const { reason } of plan.unsupported) assert.notEqual(reason, '')
    await rejectsWith(setup.makeManager().install(plan), 'UNSUPPORTED')
    assert.equal(await setup.fingerprint(plan.spec.name), null)
  }
}

function isNamed(plan: Plan, setting: RegExp): boolean {
  return plan.unsupported.some((unsupported) => setting.test(unsupported.setting))
}
