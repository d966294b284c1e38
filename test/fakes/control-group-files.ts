import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * A directory of plain files that stands for a delegated control group with a memory controller, as
 * the kernel's cgroup-v2.rst describes it. What is written stays as it is written: nothing is limited,
 * killed or counted, and a process that is moved stays where it is.
 */
export function controlGroupFiles(files: Readonly<Record<string, string>> = {}): string {
  const directory = mkdtempSync(join(tmpdir(), 'stead-cgroup-files-'))
  groupFiles(directory, {
    'cgroup.type': 'domain\n',
    'cgroup.controllers': 'cpu io memory pids\n',
    'cgroup.subtree_control': '',
    'cgroup.procs': '',
    ...files,
  })
  return directory
}

/** Files of a group in it, made where the kernel would have made them with the directory. */
export function groupFiles(directory: string, files: Readonly<Record<string, string>>): void {
  mkdirSync(directory, { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text)
}
