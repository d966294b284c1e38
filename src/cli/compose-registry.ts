/** Where an import reads the registry of this machine. */
import { SteadError } from '../errors.ts'
import type { RegistryKey } from '../model/registry-tree.ts'

const SERVICES = 'SYSTEM\\CurrentControlSet\\Services'

/**
 * All keys of one service of Windows, and how they are called in messages.
 *
 * @throws USAGE where this is no Windows, NOT_INSTALLED
 */
export async function serviceInRegistry(
  name: string,
): Promise<{ found: string; registry: readonly RegistryKey[] }> {
  if (process.platform !== 'win32') {
    const problem = `there is no file ${name}, and this machine has no registry; write one there: reg export HKLM\\${SERVICES}\\${name} ${name}.reg`
    throw new SteadError('USAGE', { problem, verb: 'import' })
  }
  const { readTree } = await import('../platform/win32/registry-tree.ts')
  const registry = /[\\/]/.test(name) ? [] : readTree(`${SERVICES}\\${name}`)
  if (registry.length === 0) throw new SteadError('NOT_INSTALLED', { name, manager: 'scm' })
  return { found: `HKEY_LOCAL_MACHINE\\${SERVICES}\\${name}`, registry }
}
