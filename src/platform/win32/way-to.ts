import { lstatSync, realpathSync, statSync } from 'node:fs'
import { parse, win32 } from 'node:path'
import type { WindowsStep } from '../../model/windows-way.ts'
import { fileDescriptor } from './file-security.ts'

/**
 * Every step of the ways to a file, from the drive or share on: as it is written, and where links and
 * junctions on it lead. A name with `*` ends with its folder: whatever may be added there is meant.
 *
 * @param path absolute
 * @throws WindowsError
 */
export function waysTo(path: string): readonly (readonly WindowsStep[])[] {
  const written = win32.normalize(path)
  const real = realOf(written)
  return [stepsOf(written), ...(real === null || real === written ? [] : [stepsOf(real)])]
}

function stepsOf(path: string): readonly WindowsStep[] {
  const { root } = parse(path)
  const way: WindowsStep[] = [seen(root)]
  let at = root
  for (const name of path
    .slice(root.length)
    .split('\\')
    .filter((one) => one !== '')) {
    at = win32.join(at, name)
    if (name.includes('*') || !isThere(at)) {
      way.push({ path: at, kind: 'missing', descriptor: null })
      break
    }
    way.push(seen(at))
  }
  return way
}

function seen(path: string): WindowsStep {
  const kind = statSync(path, { throwIfNoEntry: false })?.isFile() === true ? 'file' : 'directory'
  return { path, kind, descriptor: fileDescriptor(path) }
}

function isThere(path: string): boolean {
  try {
    lstatSync(path)
    return true
  } catch (error) {
    // What one may not look at is there.
    return (error as NodeJS.ErrnoException).code !== 'ENOENT'
  }
}

/** Of what is not there, as far as it is there; null where nothing of it is, or may be looked at. */
function realOf(path: string): string | null {
  try {
    return realpathSync.native(path)
  } catch {
    const above = win32.dirname(path)
    const folder = above === path ? null : realOf(above)
    return folder === null ? null : win32.join(folder, win32.basename(path))
  }
}
