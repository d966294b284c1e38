/** Signing what is packed for macOS, by codesign: on a Mac alone. Not seen: there was none to run it on. */
import { rm, writeFile } from 'node:fs/promises'
import { SteadError } from '../errors.ts'
import { isForMac, type PackSpec } from '../model/pack-spec.ts'
import type { CommandRunner } from '../model/ports/command-runner.ts'
import { codesignVerifyWords, codesignWords, entitlements } from '../pack/sign/codesign.ts'
import { lastLine } from '../pack/sign/signing-reason.ts'
import type { Signer } from './pack-signing.ts'

export interface CodesignPorts {
  readonly runner: Pick<CommandRunner, 'run'>
  /** Of the machine that packs. */
  readonly platform: string
}

const CODESIGN = '/usr/bin/codesign'
/** Apple's authority for time stamps may be slow. */
const TIMEOUT = 120_000

/**
 * Null where nothing is to be signed by it.
 *
 * @throws PLATFORM_UNSUPPORTED where an executable for macOS is to be signed elsewhere
 */
export function openCodesigner(
  { codesign, targets }: Pick<PackSpec, 'codesign' | 'targets'>,
  { runner, platform }: CodesignPorts,
): Signer | null {
  if (codesign === null || !targets.some(isForMac)) return null
  if (platform !== 'darwin')
    throw new SteadError('PLATFORM_UNSUPPORTED', {
      feature: 'the setting codesign',
      platform: `${platform}: pack ${targets.filter(isForMac).join(' and ')} on a Mac (--only), or leave it out`,
    })
  return {
    async sign(file) {
      const rights = `${file}.entitlements`
      const run = async (words: readonly string[]): Promise<void> => {
        const done = await runner.run(CODESIGN, words, { timeout: TIMEOUT })
        if (done.exit.kind === 'code' && done.exit.code === 0) return
        const reason = done.timedOut ? 'codesign was ended after 120 s' : lastLine(done.stderr)
        throw new SteadError('PACK_SIGNING_FAILED', { file, reason })
      }
      try {
        await writeFile(rights, entitlements())
        await run(codesignWords(codesign, file, rights))
        await run(codesignVerifyWords(file))
      } finally {
        await rm(rights, { force: true })
      }
    },
  }
}
