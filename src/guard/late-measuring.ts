import type { MeasureParts, Measuring } from './measure.ts'

/** As `measuring`, of which nothing is loaded before somebody asks. */
export function lateMeasuring(parts: () => MeasureParts): Measuring {
  let loaded: Promise<Measuring> | null = null

  async function load(): Promise<Measuring> {
    return (await import('./measure.ts')).measuring(parts())
  }

  return {
    async read(instances) {
      loaded ??= load()
      return (await loaded).read(instances)
    },
    stop() {
      void loaded?.then(({ stop }) => stop())
    },
  }
}
