import { formatDuration } from '../../model/duration.ts'
import type { Plan, PlannedStep } from '../../model/plan.ts'
import type { ServiceSpec } from '../../model/service-spec.ts'

/** A plan for people: everything that would happen, in order, and what could not. */
export function planText(plan: Plan): string {
  const { manager, scope, spec, files, steps, unsupported, notes } = plan
  const parts = [`plan: install ${spec.name} on ${manager} (${scope}), ${policyText(spec)}`]
  for (const { path, mode, text } of files) {
    parts.push(
      `write ${path} (mode ${mode.toString(8).padStart(4, '0')})\n${indent(text.trimEnd())}`,
    )
  }
  if (steps.length > 0) parts.push(steps.map(stepText).join('\n'))
  if (notes.length > 0) parts.push(notes.map((note) => `note: ${note}`).join('\n'))
  if (unsupported.length > 0) {
    const rows = unsupported.map(({ setting, reason }) => `  ${setting}: ${reason}`)
    parts.push(['cannot be honoured, so this installation would be refused:', ...rows].join('\n'))
  }
  return parts.join('\n\n')
}

function stepText(step: PlannedStep): string {
  switch (step.kind) {
    case 'command':
      return `run ${[step.file, ...step.args].map(shown).join(' ')}    # ${step.purpose}`
    case 'call': {
      const values = Object.entries(step.values).map(
        ([key, value]) => `    ${key}: ${JSON.stringify(value)}`,
      )
      return [`call ${step.api}    # ${step.purpose}`, ...values].join('\n')
    }
  }
}

function policyText({ startType, restart, stopTimeout }: ServiceSpec): string {
  const restarts =
    restart.when === 'no'
      ? 'no restarts'
      : `restarts ${restart.when} after ${formatDuration(restart.delay)}`
  return `start ${startType}, ${restarts}, ${formatDuration(stopTimeout)} to stop`
}

/** For reading, not for a shell: a word that would be ambiguous is shown as JSON. */
function shown(word: string): string {
  return /^[\w@%+=:,./\\-]+$/.test(word) ? word : JSON.stringify(word)
}

function indent(text: string): string {
  return text.replace(/^/gm, '    ')
}
