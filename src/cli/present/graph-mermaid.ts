import type { CriticalPath } from '../../model/critical-path.ts'
import type { GraphService } from '../../model/guard-graph.ts'
import { worstPhase } from './graph-text.ts'

const STYLES = {
  good: 'fill:#d8f5dc,stroke:#2c7a3f,color:#123',
  busy: 'fill:#fff3c9,stroke:#a57b00,color:#123',
  bad: 'fill:#fbd9d7,stroke:#b3261e,color:#123',
  idle: 'fill:#eeeeee,stroke:#777777,color:#123',
} as const

type Style = keyof typeof STYLES

/** A flowchart of Mermaid: from what is needed to what needs it; the critical path with thick lines. */
export function graphMermaid(services: readonly GraphService[], path: CriticalPath | null): string {
  // Names may have in them what has a meaning there; a number has none.
  const nodes = new Map(services.map(({ name }, at) => [name, `n${at}`]))
  const owner = new Map(
    services.flatMap(({ name, instances }) => instances.map(({ id }) => [id, name] as const)),
  )
  const thick = new Set(
    (path?.steps ?? []).flatMap(({ id, after }) =>
      after === null ? [] : [`${owner.get(after.id)} ${owner.get(id)}`],
    ),
  )
  const groups = Map.groupBy(services, ({ groups: [first = ''] }) => first)
  const lines = ['flowchart LR']
  let number = 0
  for (const [group, list] of groups) {
    const inner = list.map((service) => {
      const style = styleOf(service)
      const node = nodes.get(service.name)
      return `${node}["${labelOf(service)}"]${style === null ? '' : `:::${style}`}`
    })
    if (group === '') lines.push(...inner.map((line) => `  ${line}`))
    else {
      lines.push(
        `  subgraph g${number}["${group}"]`,
        ...inner.map((line) => `    ${line}`),
        '  end',
      )
      number += 1
    }
  }
  for (const { name, dependsOn } of services) {
    for (const [other, condition] of Object.entries(dependsOn)) {
      const arrow = thick.has(`${other} ${name}`) ? '==>' : '-->'
      lines.push(`  ${nodes.get(other)} ${arrow}|${condition}| ${nodes.get(name)}`)
    }
  }
  const used = new Set(services.map(styleOf))
  for (const [style, look] of Object.entries(STYLES)) {
    if (used.has(style as Style)) lines.push(`  classDef ${style} ${look}`)
  }
  return lines.join('\n')
}

function labelOf(service: GraphService): string {
  const phase = worstPhase(service)
  const { name, count } = service
  const several = count === 1 ? '' : ` ×${count}`
  return phase === null ? `${name}${several}` : `${name}${several}<br/>${phase}`
}

function styleOf(service: GraphService): Style | null {
  switch (worstPhase(service)) {
    case 'running':
      return 'good'
    case 'fatal':
    case 'lost':
      return 'bad'
    case 'stopped':
    case 'exited':
      return 'idle'
    case null:
      return null
    case 'backoff':
    case 'paused':
    case 'starting':
    case 'stopping':
    case 'waiting':
      return 'busy'
  }
}
