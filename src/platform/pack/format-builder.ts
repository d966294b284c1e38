import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import {
  chmod,
  constants,
  copyFile,
  lutimes,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { SteadError } from '../../errors.ts'
import { describeExit } from '../../model/exit.ts'
import type { FormatPlan, LaidOut, LaidOutFact, ToolCommand } from '../../model/format-plan.ts'
import type { CommandRunner } from '../../model/ports/command-runner.ts'
import type { FormatBuilder, StagedProduct } from '../../model/staged-product.ts'

/** Packing hundreds of megabytes by one core takes its time; a tool that hangs shall not. */
const TOOL_TIMEOUT = 15 * 60_000

export interface PlannedFormat extends Omit<FormatBuilder, 'build'> {
  readonly plan: (product: StagedProduct) => FormatPlan
}

/** A builder that lays out what a plan says, runs its tool and leaves nothing but the artefact. */
export function formatBuilder(
  { plan: planOf, ...facts }: PlannedFormat,
  runner: Pick<CommandRunner, 'run'>,
): FormatBuilder {
  return {
    ...facts,
    async build(product, out, sign) {
      const plan = planOf(product)
      const room = join(out, '.room')
      try {
        await mkdir(room, { mode: 0o700 })
        const found: LaidOutFact[] = []
        for (const entry of plan.entries) await layOut(room, entry, found)
        for (const entry of plan.afterwards?.(found) ?? []) await layOut(room, entry, [])
        await setTimes(room, product.epoch)
        if (plan.signedFirst !== undefined) {
          if (sign === undefined)
            throw new SteadError('INTERNAL', { detail: `nobody signs ${plan.signedFirst.result}` })
          for (const command of plan.signedFirst.commands(room))
            await runTool(runner, command, plan.name)
          await sign(join(room, plan.signedFirst.result))
        }
        for (const command of plan.commands(room)) await runTool(runner, command, plan.name)
        const made = join(room, plan.result)
        if (plan.finish !== undefined) await writeFile(made, plan.finish(await readFile(made)))
        const path = join(out, plan.name)
        await rename(made, path)
        return { path, format: facts.format, target: product.target }
      } finally {
        await rm(room, { recursive: true, force: true })
      }
    },
  }
}

async function layOut(room: string, entry: LaidOut, found: LaidOutFact[]): Promise<void> {
  const path = join(room, entry.path)
  // Whatever the mask of the caller is, packages have directories that everybody may look into.
  await makeParents(room, dirname(path))
  switch (entry.kind) {
    case 'directory':
      await mkdir(path, { recursive: true })
      break
    case 'link':
      return symlink(entry.target, path)
    case 'text':
      await writeFile(path, entry.text, { flag: 'wx', mode: 0o600 })
      break
    case 'copy':
      if (entry.byteOrderMark === true) await copyMarked(entry.source, path)
      else await copyFile(entry.source, path, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
      break
  }
  await chmod(path, entry.mode)
  if (entry.kind !== 'directory') found.push(await factOf(path, entry.path))
}

async function copyMarked(source: string, path: string): Promise<void> {
  const text = await readFile(source, 'utf8')
  await writeFile(path, text.startsWith('\ufeff') ? text : `\ufeff${text}`, { flag: 'wx' })
}

async function makeParents(room: string, directory: string): Promise<void> {
  if (directory === room || directory === dirname(room)) return
  await makeParents(room, dirname(directory))
  try {
    await mkdir(directory)
    await chmod(directory, 0o755)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

async function factOf(file: string, path: string): Promise<LaidOutFact> {
  const hash = createHash('md5')
  let size = 0
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    hash.update(chunk)
    size += chunk.length
  }
  return { path, size, md5: hash.digest('hex') }
}

/** Everything gets the product's time, so that no tool can tell when it was built. */
async function setTimes(directory: string, epoch: number): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) await setTimes(path, epoch)
    await lutimes(path, epoch, epoch)
  }
}

async function runTool(
  runner: Pick<CommandRunner, 'run'>,
  { file, args, env }: ToolCommand,
  name: string,
): Promise<void> {
  const result = await runner.run(file, args, {
    timeout: TOOL_TIMEOUT,
    ...(env === undefined ? {} : { env }),
  })
  if (result.exit.kind === 'code' && result.exit.code === 0) return
  const why = result.timedOut ? 'it was ended after 15 min' : describeExit(result.exit)
  const said = `${result.stdout}\n${result.stderr}`.trim().split('\n').slice(-12).join('\n')
  throw new SteadError('PACK_TOOL_FAILED', { tool: file, product: name, reason: `${why}\n${said}` })
}
