/** Signing what is packed for Windows: Authenticode, by osslsigncode. */
import { X509Certificate } from 'node:crypto'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { SteadError } from '../errors.ts'
import type { PackSpec } from '../model/pack-spec.ts'
import type { CommandRunner } from '../model/ports/command-runner.ts'
import { reasonOf, signWords, verifyWords } from '../pack/sign/authenticode.ts'

export interface SigningPorts {
  readonly runner: Pick<CommandRunner, 'run'>
  readonly now: Date
  /** The password, empty for none; asked for once. */
  readonly password: () => Promise<string>
}

export interface Signer {
  /** Signs a file in its place and verifies it. @throws PACK_SIGNING_FAILED; the file is then as it was */
  sign(file: string): Promise<void>
}

/** Certificates that most machines know; what a chain may end in. */
const SYSTEM_ROOTS = '/etc/ssl/certs/ca-certificates.crt'
/** Authorities for time stamps may be slow. */
const TIMEOUT = 120_000

/**
 * Looks at the certificate before anything is built. Null where nothing is to be signed.
 *
 * @throws PACK_SIGNING_FAILED for a wrong password, or a certificate whose time is over or has not come
 */
export async function openSigner(spec: PackSpec, ports: SigningPorts): Promise<Signer | null> {
  const { signing } = spec
  if (signing === null || !spec.targets.includes('win-x64')) return null
  const { runner } = ports
  const password = await ports.password()
  const onToken = signing.certificate.startsWith('pkcs11:')
  const pem = onToken ? '' : await certificatesOf(runner, signing.certificate, password)
  const leaf = onToken ? null : checkedLeaf(pem, signing.certificate, ports.now)
  return {
    async sign(file) {
      const signed = `${file}.signed`
      const roots = `${file}.roots`
      const fail = (reason: string): SteadError =>
        new SteadError('PACK_SIGNING_FAILED', { file, reason })
      try {
        const options = { input: password, timeout: TIMEOUT }
        const made = await runner.run(
          'osslsigncode',
          signWords(spec, signing, file, signed),
          options,
        )
        if (made.timedOut) throw fail('it was ended after 120 s')
        if (made.exit.kind !== 'code' || made.exit.code !== 0)
          throw fail(reasonOf(`${made.stdout}\n${made.stderr}`, signing))
        const system = await readFile(SYSTEM_ROOTS, 'utf8').catch(() => '')
        await writeFile(roots, `${pem}\n${system}`)
        const check = await runner.run('osslsigncode', verifyWords(signed, leaf, roots), {
          timeout: TIMEOUT,
        })
        if (check.exit.kind !== 'code' || check.exit.code !== 0)
          throw fail(
            `the signature does not verify; the PFX has to have all certificates up to the root: ${reasonOf(check.stderr, signing)}`,
          )
        await rename(signed, file)
      } finally {
        await rm(signed, { force: true })
        await rm(roots, { force: true })
      }
    },
  }
}

/** All certificates of a PFX as PEM, its own first. */
async function certificatesOf(
  runner: SigningPorts['runner'],
  certificate: string,
  password: string,
): Promise<string> {
  const read = (...words: string[]) =>
    runner.run('openssl', ['pkcs12', '-in', certificate, '-nokeys', '-passin', 'stdin', ...words], {
      input: `${password}\n`,
    })
  // Those that Windows and older tools write are encrypted by what OpenSSL 3 has as "legacy" alone.
  let found = await read()
  if (/unsupported/i.test(found.stderr)) found = await read('-legacy')
  if (found.exit.kind === 'code' && found.exit.code === 0) return found.stdout
  const reason = /mac verify|invalid password/i.test(found.stderr)
    ? `the password of ${certificate} is wrong`
    : `${certificate} is no PFX that openssl can read`
  throw new SteadError('PACK_SIGNING_FAILED', { file: certificate, reason })
}

/** @returns the SHA-256 of the one certificate that is not an authority's */
function checkedLeaf(pem: string, file: string, now: Date): string {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  const all = blocks.map((block) => new X509Certificate(block))
  const leaf = all.find((one) => !all.some((other) => other !== one && other.checkIssued(one)))
  if (leaf === undefined)
    throw new SteadError('PACK_SIGNING_FAILED', { file, reason: 'it has no certificate in it' })
  if (now > new Date(leaf.validTo))
    throw new SteadError('PACK_SIGNING_FAILED', {
      file,
      reason: `the certificate expired on ${new Date(leaf.validTo).toISOString()}`,
    })
  if (now < new Date(leaf.validFrom))
    throw new SteadError('PACK_SIGNING_FAILED', {
      file,
      reason: `the certificate is valid from ${new Date(leaf.validFrom).toISOString()} on`,
    })
  return leaf.fingerprint256.replaceAll(':', '').toLowerCase()
}
