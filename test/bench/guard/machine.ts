import { cpus, release } from 'node:os'

/** What has to be known to compare the figures: the machine, what ran, and how it was called. */
export function describeMachine(command: string, versions: ReadonlyMap<string, string>): string {
  const cores = cpus()
  const date = new Date().toISOString().slice(0, 10)
  const machine = `${cores.length} cores (${cores[0]?.model ?? 'of no known model'}), Linux ${release()}, node ${process.versions.node}`
  const list = [...versions].map(([name, version]) => `${name} ${version}`).join(', ')
  return `\`${command}\`, ${date}: ${machine}. ${list}.`
}
