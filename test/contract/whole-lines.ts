import { readFileSync } from 'node:fs'

/**
 * The lines of a file that another process may be writing at this moment. What stands behind the last
 * newline is not told yet: it may be the beginning of a line. A file that is not there has none.
 */
export function wholeLines(path: string): string[] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
  return text.split('\n').slice(0, -1)
}
