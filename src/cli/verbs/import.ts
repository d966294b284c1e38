/** `import KIND PATH`: a stead.yaml out of the configuration of another supervisor. */
import { hostname, userInfo } from 'node:os'
import { dirname, resolve } from 'node:path'
import { SteadError } from '../../errors.ts'
import { finish } from '../../foreign/finish.ts'
import { IMPORTERS, KINDS, type Kind, kindOf, mainFile } from '../../foreign/kinds.ts'
import { type Source, shown } from '../../foreign/source.ts'
import type { RegistryKey } from '../../model/registry-tree.ts'
import { suggest } from '../../model/suggest.ts'
import { foreignFiles } from '../../platform/foreign-files.ts'
import { onWindows } from '../compose-guard-home.ts'
import { serviceInRegistry } from '../compose-registry.ts'
import { type CommonOptions, runVerb } from '../context.ts'
import type { Output } from '../output.ts'
import { lossLines } from '../present/loss-text.ts'
import { LOST, writeNew } from './write-foreign.ts'

export interface ImportOptions extends CommonOptions {
  readonly output?: string
  readonly force?: boolean
  readonly strict?: boolean
}

/** Writes a stead.yaml; what could not be carried over is told on standard error. */
export function importForeign(
  kindOrPath: string,
  path: string | undefined,
  options: ImportOptions,
): Promise<number> {
  return runVerb(options, async (output) => {
    const target = options.output === undefined ? null : resolve(options.output)
    const files = foreignFiles()
    const { kind, found, registry } = await meant(kindOrPath, path, files)
    const source: Source = {
      path: found,
      files,
      base: target === null ? process.cwd() : dirname(target),
      machine: { host: hostname(), user: userInfo().username, home: userInfo().homedir },
      ...(registry === undefined ? {} : { registry }),
    }
    const evaluated = kind === 'pm2' ? await run(found, output) : undefined
    const importer = await IMPORTERS[kind]()
    const { text, losses, services } = finish(
      importer(evaluated === undefined ? source : { ...source, evaluated }),
      shown(source, found),
      source.base,
      onWindows(),
    )
    if (target !== null) await writeNew(target, text, options.force === true)
    if (output.json) {
      output.object({ kind, file: target, services, losses, ...(target === null ? { text } : {}) })
    } else {
      if (target === null) process.stdout.write(text)
      for (const line of lossLines(losses)) process.stderr.write(`${line}\n`)
      if (target !== null) tellOf(output, target, services, losses.length)
    }
    return options.strict === true && losses.length > 0 ? LOST : 0
  })
}

/** An ecosystem may be a program; it is the user's own, and says itself what it means. */
async function run(path: string, output: Output): Promise<string | undefined> {
  if (!/\.[cm]?js$/.test(path)) return undefined
  if (!output.json) process.stderr.write(`${path} is a program: it is run, with your rights\n`)
  const { evaluateModule } = await import('../../platform/evaluate-module.ts')
  return evaluateModule(path, dirname(path))
}

function tellOf(output: Output, target: string, services: number, losses: number): void {
  const lost = losses === 0 ? 'nothing was lost' : `${losses} things could not be carried over`
  output.done(`${target}: ${services} ${services === 1 ? 'service' : 'services'}, ${lost}`)
}

async function meant(
  kindOrPath: string,
  path: string | undefined,
  files: Source['files'],
): Promise<{ kind: Kind; found: string; registry?: readonly RegistryKey[] }> {
  const asked = KINDS.find((kind) => kind === kindOrPath.toLowerCase())
  if (path !== undefined && asked === undefined) {
    const near = suggest(kindOrPath, KINDS)
    const problem = `there is no kind ${JSON.stringify(kindOrPath)}${near === null ? '' : `; did you mean ${near}?`}; there are ${KINDS.join(', ')}`
    throw new SteadError('USAGE', { problem, verb: 'import' })
  }
  if (path === undefined && asked !== undefined && files.readText(resolve(kindOrPath)) === null) {
    return { kind: asked, found: mainFile(resolve('.'), asked, files) }
  }
  const named = resolve(path ?? kindOrPath)
  if (asked === 'nssm' && path !== undefined && files.readText(named) === null)
    return { kind: asked, ...(await serviceInRegistry(path)) }
  if (files.readText(named) === null && files.names(named) === null)
    throw new SteadError('FILE_UNREADABLE', { path: named, reason: 'there is no such file' })
  const kind = path === undefined ? kindOf(named, files) : (asked ?? null)
  if (kind === null) {
    const problem = `${path ?? kindOrPath} could be anything; say what it is: stead import KIND PATH, with one of ${KINDS.join(', ')}`
    throw new SteadError('USAGE', { problem, verb: 'import' })
  }
  return { kind, found: mainFile(named, kind, files) }
}
