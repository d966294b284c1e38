/** `export systemd|supervisord`: a stead.yaml as another supervisor has it. */
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { SteadError } from '../../errors.ts'
import type { Exporter } from '../../foreign/exported.ts'
import {
  findGuardFile,
  guardHome,
  readGuardFile,
  remoteCopyOf,
  remoteNamedBy,
} from '../compose-guard-home.ts'
import { type CommonOptions, runVerb } from '../context.ts'
import { lossLines } from '../present/loss-text.ts'
import { readGuardConfig } from '../read-spec.ts'
import { LOST, writeNew } from './write-foreign.ts'

export interface ExportOptions extends CommonOptions {
  readonly file?: string
  readonly output?: string
  readonly force?: boolean
  readonly strict?: boolean
}

const EXPORTERS: Readonly<Record<string, () => Promise<Exporter>>> = {
  systemd: async () => (await import('../../foreign/systemd/export.ts')).exportSystemd,
  supervisord: async () => (await import('../../foreign/supervisord/export.ts')).exportSupervisord,
}

/** Prints or writes the files; what they cannot say is told on standard error. */
export function exportForeign(kind: string, options: ExportOptions): Promise<number> {
  return runVerb(options, async (output) => {
    const load = Object.hasOwn(EXPORTERS, kind) ? EXPORTERS[kind] : undefined
    if (load === undefined) {
      const problem = `one exports to ${Object.keys(EXPORTERS).join(' or ')}, not ${JSON.stringify(kind)}`
      throw new SteadError('USAGE', { problem, verb: 'export' })
    }
    const path = findGuardFile(options.file)
    const text = readGuardFile(path)
    // What is exported follows no remote source: it has the settings of now.
    const copy = remoteCopyOf(guardHome(options), path)
    const remote = { fetch: true, byHand: true, older: true, copy, named: remoteNamedBy({}) }
    const read = await readGuardConfig({ path, text, env: { ...process.env }, remote })
    const { readSource } = await import('../../config/source/read-source.ts')
    const source = readSource(path, text)
    const lineOf = 'lineOf' in source ? source.lineOf : () => 1
    const { files, losses } = (await load())({
      spec: read.spec,
      file: path,
      lineOf,
      hasRemote: read.remote !== null,
    })
    const target = options.output === undefined ? null : resolve(options.output)
    if (target !== null) {
      if (kind === 'systemd') mkdirSync(target, { recursive: true })
      for (const { name, text: content } of files)
        await writeNew(
          kind === 'systemd' ? join(target, name) : target,
          content,
          options.force === true,
        )
    }
    if (output.json) {
      output.object({
        kind,
        file: target,
        losses,
        ...(target === null ? { files } : { files: files.map(({ name }) => name) }),
      })
    } else {
      if (target === null) {
        const told = files.map(({ name, text: content }) =>
          files.length === 1 ? content : `# ${name}\n${content}`,
        )
        process.stdout.write(told.join('\n'))
      } else output.done(`${target}: ${files.length} ${files.length === 1 ? 'file' : 'files'}`)
      for (const line of lossLines(losses)) process.stderr.write(`${line}\n`)
    }
    return options.strict === true && losses.length > 0 ? LOST : 0
  })
}
