import * as z from 'zod'
import { CONFIG_POLICY, type ConfigPolicy } from '../model/config-version.ts'
import { described } from './described.ts'
import type { GuardSettings } from './guard-schema.ts'
import { truth, whole } from './program-values.ts'
import { duration, positiveDuration } from './setting-values.ts'

/** With `watch`, or a remote source, a mistake is taken over as quickly as it is saved: then it is on trial. */
const WATCHED_TRIAL = 30_000

export const configurationSchema = z.strictObject({
  watch: described(
    truth,
    'changes of the file, and of what it includes, are taken over by themselves',
    {
      example: 'true',
      fallback: 'false',
    },
  ),
  debounce: described(positiveDuration, 'so long nothing may change before the files are read', {
    example: '1s',
    fallback: '250ms',
  }),
  poll: described(
    positiveDuration,
    'the files are looked at so often, for file systems that tell of no changes, such as NFS',
    { example: '10s' },
  ),
  trial: described(
    duration,
    'so long the services that a change has touched are watched; if one that did well fails, the guard goes back to the configuration before; with watch, or a remote source, 30s',
    { example: '1m', fallback: '0s' },
  ),
  keep: described(whole(1, 1_000), 'versions of the configuration that are kept', {
    example: '200',
    fallback: '50',
  }),
})

/**
 * Null where nothing is said.
 *
 * @param remote a remote source is watched
 */
export function configPolicyOf(
  { configuration }: Pick<GuardSettings, 'configuration'>,
  remote = false,
): ConfigPolicy | null {
  if (configuration === undefined && !remote) return null
  const { watch = CONFIG_POLICY.watch, debounce, poll, trial, keep } = configuration ?? {}
  return {
    watch,
    debounce: debounce ?? CONFIG_POLICY.debounce,
    poll: poll ?? CONFIG_POLICY.poll,
    trial: trial ?? (watch || remote ? WATCHED_TRIAL : CONFIG_POLICY.trial),
    keep: keep ?? CONFIG_POLICY.keep,
  }
}
