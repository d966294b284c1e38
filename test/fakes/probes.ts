import type { ProbeOptions, ProbeOutcome, Probes } from '../../src/model/ports/probe.ts'

/** A probe that was asked for and is answered by the test. */
export interface AskedProbe {
  readonly what: string
  readonly signal: AbortSignal
  answer(ok: boolean, detail?: string): Promise<void>
}

/** Probes that find what the test says, when it says so. */
export function fakeProbes(): Probes & { readonly asked: readonly AskedProbe[] } {
  const asked: AskedProbe[] = []
  const ask = (what: string, { signal }: ProbeOptions): Promise<ProbeOutcome> => {
    const { promise, resolve } = Promise.withResolvers<ProbeOutcome>()
    asked.push({
      what,
      signal,
      async answer(ok, detail = ok ? '200 OK' : 'ECONNREFUSED') {
        resolve({ ok, took: 1, detail })
        await settled()
      },
    })
    return promise
  }
  return {
    asked,
    http: (url, options) => ask(`http ${url}`, options),
    tcp: (host, port, options) => ask(`tcp ${host}:${port}`, options),
    file: (path, options) => ask(`file ${path}`, options),
    dns: (name, options) => ask(`dns ${name}`, options),
    exec: (command, options) =>
      ask(`exec ${command.join(' ')} as ${options.user} in ${options.cwd}`, options),
  }
}

/** Lets promises that are resolved already be heard of. */
export async function settled(): Promise<void> {
  for (let round = 0; round < 10; round += 1) await Promise.resolve()
}
