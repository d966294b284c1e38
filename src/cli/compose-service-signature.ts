/** The signature that a service of the SDK asks of its configuration. */
import { dirname } from 'node:path'
import { SteadError } from '../errors.ts'
import type { Accepted } from '../model/accepted.ts'
import type { ConfigSources } from '../model/config-version.ts'
import { nodeFileSystem } from '../platform/file-system.ts'
import { acceptedIn, verifiedSources } from './compose-signature.ts'
import { serviceState } from './service-state.ts'
import { trustedKeys } from './signing-keys.ts'

export interface ServiceSignature {
  /** Before anything is read. @throws SIGNATURE_REFUSED for what nobody could have signed */
  begin(): void
  /** Of the files that were read. @throws SIGNATURE_REFUSED, KEY_UNUSABLE */
  check(sources: ConfigSources): void
  /** What was checked last is taken: older ones are refused from now on. @throws where that cannot be kept */
  keep(): Promise<void>
}

export interface ServiceSignatureParts {
  /** The first of the files, absolute; null where there is none. */
  readonly file: string | null
  /** The file of the public keys, read at each check. */
  readonly keys: string
  /** What the service is called. */
  readonly service: string
  /** What names a remote source of settings, whose signature is looked at where it is read; null for none. */
  readonly remote: string | null
}

export function serviceSignature({
  file,
  keys,
  service,
  remote,
}: ServiceSignatureParts): ServiceSignature {
  const memory = `${serviceState('signatures', service)}.json`
  let checked: Accepted | null = null
  /** Counts from the moment at which it is taken, however long the disk takes. */
  let newest: Accepted | null = null
  const refused = (reason: string): SteadError =>
    new SteadError('SIGNATURE_REFUSED', { file: file ?? 'the configuration', reason })
  return {
    begin() {
      if (file === null && remote === null) throw refused('there is no file that could be signed')
    },
    check(sources) {
      if (file === null) return
      const before = newest ?? acceptedIn(memory)
      checked = verifiedSources(file, sources, trustedKeys(keys), before)
    },
    async keep() {
      if (checked === null) return
      newest = checked
      const files = nodeFileSystem()
      await files.makeDirectory(dirname(memory), 0o700)
      await files.writeAtomic(memory, `${JSON.stringify(newest)}\n`, 0o600)
    },
  }
}
