import { SteadError } from '../../errors.ts'

/**
 * A package that stead does not bring: who packs has it, a server that runs stead never needs it.
 *
 * @throws PACK_PACKAGE_MISSING
 */
export async function optionalPackage<T>(name: 'esbuild' | 'resedit', needed: string): Promise<T> {
  try {
    return (await import(name)) as T
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause
    throw new SteadError('PACK_PACKAGE_MISSING', { name, needed }, { cause })
  }
}
