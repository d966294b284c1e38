/** What somebody asks for with a key, done with the guard that it is for. */
import type { GuardClient } from '../../control/client.ts'
import { SteadError } from '../../errors.ts'
import type { VerbResult } from '../../model/ports/guard-api.ts'
import type { Ask } from '../../top/model.ts'
import type { Told } from '../../top/told.ts'
import { countOf, DONE, signalName } from '../verbs/guard-control.ts'

/** At most so much is under way at a time. */
const MOST = 32

type GuardAsk = Exclude<Ask, { readonly kind: 'quit' | 'suspend' | 'redraw' }>

/** Does what is asked for, and tells what came of it. */
export function askedOf(
  clients: ReadonlyMap<string, GuardClient>,
  tell: (what: Told) => void,
): (ask: GuardAsk) => void {
  let underWay = 0

  async function carryOut(ask: GuardAsk): Promise<void> {
    if (ask.kind === 'label') return tell({ kind: 'label', ...(await labelled(clients, ask.text)) })
    const key = 'target' in ask ? ask.target.guard : ask.guard
    const client = clients.get(key)
    if (client === undefined) return
    switch (ask.kind) {
      case 'act': {
        const { verb, rolling, target } = ask
        const { name } = target
        notice(`${verb} ${name} …`, 'plain')
        const results = await client.act(verb, { names: [name] }, rolling ? { rolling } : {})
        return outcome(results, `${name} ${DONE[verb]}`)
      }
      case 'signal': {
        const signal = signalName(ask.signal)
        const results = await client.signal({ names: [ask.target.name] }, signal)
        return outcome(results, `${ask.target.name} got ${signal}`)
      }
      case 'scale': {
        const count = countOf(ask.instances)
        await client.scale(ask.target.name, count)
        return notice(`${ask.target.name} has ${count} instance${count === 1 ? '' : 's'}`, 'good')
      }
      case 'apply': {
        const changes = await client.apply({ text: null, dryRun: ask.dryRun })
        if (ask.dryRun) return tell({ kind: 'changes', key, changes })
        return notice('stead.yaml is applied', 'good')
      }
    }
  }

  function outcome(results: readonly VerbResult[], done: string): void {
    const failed = results.filter(({ error }) => error !== null)
    const [first] = failed
    if (first?.error == null) {
      notice(done, 'good')
      return
    }
    const more = failed.length === 1 ? '' : `${failed.length} of ${results.length}: `
    notice(`${more}${first.id}: ${first.error.message}; ${first.error.hint}`, 'bad')
  }

  function notice(text: string, how: 'plain' | 'good' | 'bad'): void {
    tell({ kind: 'notice', text: text.replaceAll('\n', ' '), how })
  }

  return (ask) => {
    if (underWay >= MOST) {
      notice('too much is under way; wait for some of it', 'bad')
      return
    }
    underWay += 1
    carryOut(ask)
      .catch((error: unknown) => {
        const { message, hint } = error as SteadError
        notice(error instanceof SteadError ? `${message}; ${hint}` : message, 'bad')
      })
      .finally(() => {
        underWay -= 1
      })
  }
}

async function labelled(clients: ReadonlyMap<string, GuardClient>, text: string) {
  const at = text.indexOf('=')
  if (at < 1) throw new SteadError('USAGE', { problem: `a label is KEY=VALUE, not ${text}` })
  const labels = { [text.slice(0, at)]: text.slice(at + 1) }
  const found = await Promise.all(
    [...clients].map(async ([key, client]) => {
      const { services } = await client
        .status({ names: [], labels })
        .catch(() => ({ services: [] }))
      return services.map(({ id }) => `${key} ${id}`)
    }),
  )
  return { text, ids: found.flat() }
}
