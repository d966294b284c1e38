/** The certificate that signs what is packed: out of a PFX, or out of a signature that a token has made. */
import { X509Certificate } from 'node:crypto'
import { SteadError } from '../errors.ts'
import type { CommandRunner } from '../model/ports/command-runner.ts'
import type { Leaf } from '../pack/sign/authenticode.ts'

type Runner = Pick<CommandRunner, 'run'>

/** All certificates of a PFX as PEM, its own first. @throws PACK_SIGNING_FAILED */
export async function certificatesOf(
  runner: Runner,
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

/**
 * Those that a signature brings along, as PEM.
 *
 * @param room a directory of our own
 * @throws PACK_SIGNING_FAILED
 */
export async function certificatesInside(
  runner: Runner,
  signed: string,
  room: string,
): Promise<string> {
  const signature = `${room}/signature.pem`
  const words = ['extract-signature', '-pem', '-in', signed, '-out', signature]
  await runner.run('osslsigncode', words)
  const found = await runner.run('openssl', ['pkcs7', '-in', signature, '-print_certs'])
  if (found.exit.kind === 'code' && found.exit.code === 0) return found.stdout
  const reason = 'what osslsigncode has signed has no certificate in it'
  throw new SteadError('PACK_SIGNING_FAILED', { file: signed, reason })
}

/**
 * The one certificate that is no authority's.
 *
 * @param name what errors call it
 * @throws PACK_SIGNING_FAILED where there is none, or its time is over or has not come
 */
export function checkedLeaf(pem: string, name: string, now: Date): Leaf {
  const fail = (reason: string): SteadError =>
    new SteadError('PACK_SIGNING_FAILED', { file: name, reason })
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  const all = blocks.map((block) => new X509Certificate(block))
  const leaf = all.find((one) => !all.some((other) => other !== one && other.checkIssued(one)))
  if (leaf === undefined) throw fail('it has no certificate in it')
  const [from, until] = [new Date(leaf.validFrom), new Date(leaf.validTo)]
  if (now > until) throw fail(`the certificate expired on ${until.toISOString()}`)
  if (now < from) throw fail(`the certificate is valid from ${from.toISOString()} on`)
  return { sha256: leaf.fingerprint256.replaceAll(':', '').toLowerCase(), until }
}
