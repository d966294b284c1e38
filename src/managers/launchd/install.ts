import { SteadError } from '../../errors.ts'
import { describeExit } from '../../model/exit.ts'
import type { InstallOutcome, Plan, PlannedFile } from '../../model/plan.ts'
import type { CommandRunner } from '../../model/ports/command-runner.ts'
import type { FileSystem } from '../../model/ports/file-system.ts'
import { type Paths, plistPaths } from './paths.ts'

interface InstallPorts {
  readonly files: FileSystem
  readonly runner: CommandRunner
  readonly paths: Paths
}

/** Writes the plist, has it checked, and removes the one in the other place; or leaves all as it was. */
export async function carryOut(
  { files, runner, paths }: InstallPorts,
  plan: Plan,
): Promise<InstallOutcome> {
  const file = plan.files[0] as PlannedFile
  const other = plistPaths(paths, plan.spec.name).find((path) => path !== file.path) as string
  const before = await contentOf(files, file.path)
  const elsewhere = await contentOf(files, other)
  if (before?.text === file.text && before.mode === file.mode && elsewhere === null) {
    return 'unchanged'
  }
  const undo: (() => Promise<unknown>)[] = []
  try {
    await files.makeDirectory(paths.logs, 0o755)
    await files.makeDirectory(directoryOf(file.path), 0o755)
    undo.unshift(() => restore(files, file.path, before))
    await files.writeAtomic(file.path, file.text, file.mode)
    if (elsewhere !== null) {
      undo.unshift(() => restore(files, other, elsewhere))
      await files.remove(other)
    }
    for (const step of plan.steps) {
      if (step.kind !== 'command') continue
      const { exit, stdout, stderr } = await runner.run(step.file, step.args)
      if (exit.kind === 'code' && exit.code === 0) continue
      throw new SteadError('MANAGER_FAILED', {
        manager: 'launchd',
        action: step.purpose,
        detail: `${describeExit(exit)}: ${(stderr || stdout).trim()}`,
        remedy: 'nothing was changed; see what was to be written: stead install --dry-run',
      })
    }
  } catch (error) {
    await undoAll(undo, plan.spec.name, error)
    throw error
  }
  return before === null && elsewhere === null ? 'created' : 'updated'
}

async function undoAll(
  undo: readonly (() => Promise<unknown>)[],
  name: string,
  cause: unknown,
): Promise<void> {
  const outcomes = await Promise.allSettled(undo.map((step) => step()))
  const failed = outcomes.find((outcome) => outcome.status === 'rejected')
  if (failed === undefined) return
  throw new SteadError(
    'MANAGER_FAILED',
    {
      manager: 'launchd',
      action: `undo the installation of ${name}`,
      detail: String(failed.reason),
      remedy: `install ${name} again, or remove it: stead uninstall ${name}`,
    },
    { cause },
  )
}

interface Content {
  readonly text: string
  readonly mode: number
}

async function contentOf(files: FileSystem, path: string): Promise<Content | null> {
  const [text, facts] = [await files.readText(path), await files.facts(path)]
  return text === null || facts === null ? null : { text, mode: facts.mode }
}

async function restore(files: FileSystem, path: string, content: Content | null): Promise<void> {
  if (content === null) await files.remove(path)
  else await files.writeAtomic(path, content.text, content.mode)
}

function directoryOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'))
}
