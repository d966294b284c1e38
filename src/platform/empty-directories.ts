import { rmdir } from 'node:fs/promises'

/** Removes the directories that nothing is in, one after the other; all others stay. */
export async function removeEmpty(directories: readonly string[]): Promise<void> {
  for (const directory of directories) await rmdir(directory).catch(() => {})
}
