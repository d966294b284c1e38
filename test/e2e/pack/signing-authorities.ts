/** What tests of signatures need: authorities of their own, a certificate for code, and a server that stamps. */
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

export const PASSWORD = 'correct "horse" $HOME'

/** `code.pem` and `tsa.pem` with keys, each of a root of its own (`…-root.pem`), and `code.pfx`. */
export function makeAuthorities(work: string): void {
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: work, stdio: 'pipe' })
  for (const [name, usage] of [
    ['code', 'codeSigning'],
    ['tsa', 'critical,timeStamping'],
  ] as const) {
    const root = `${name}-root`
    const request = ['req', '-newkey', 'rsa:2048', '-nodes']
    const ofRoot = ['-x509', '-days', '30', '-subj', `/CN=Root of ${name}`]
    openssl(...request, ...ofRoot, '-keyout', `${root}.key`, '-out', `${root}.pem`)
    const subject = ['-subj', `/CN=Tests ${name}`]
    openssl(...request, ...subject, '-keyout', `${name}.key`, '-out', `${name}.csr`)
    writeFileSync(join(work, 'extensions'), `extendedKeyUsage=${usage}\n`)
    const by = ['-CA', `${root}.pem`, '-CAkey', `${root}.key`, '-CAcreateserial']
    const made = ['-days', '10', '-extfile', 'extensions', '-out', `${name}.pem`]
    openssl('x509', '-req', '-in', `${name}.csr`, ...by, ...made)
  }
  writeFileSync(join(work, 'password'), PASSWORD)
  const content = ['-inkey', 'code.key', '-in', 'code.pem', '-certfile', 'code-root.pem']
  openssl('pkcs12', '-export', ...content, '-passout', 'file:password', '-out', 'code.pfx')
}

export interface StampServer {
  readonly url: string
  /** How many stamps were asked for. */
  asked(): number
  close(): Promise<void>
}

/** An authority for time stamps: HTTP (RFC 3161, 3.4) in front of `openssl ts`, on loopback. */
export async function startStamps(work: string): Promise<StampServer> {
  writeFileSync(join(work, 'serial'), '01\n')
  writeFileSync(
    join(work, 'tsa.cnf'),
    '[tsa]\ndefault_tsa=one\n[one]\nserial=serial\ncrypto_device=builtin\nsigner_cert=tsa.pem\ncerts=tsa-root.pem\nsigner_key=tsa.key\nsigner_digest=sha256\ndefault_policy=1.2.3\ndigests=sha256,sha384,sha512\ness_cert_id_alg=sha256\n',
  )
  let asked = 0
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      asked += 1
      writeFileSync(join(work, 'query.tsq'), Buffer.concat(chunks))
      const words = ['-reply', '-config', 'tsa.cnf', '-queryfile', 'query.tsq', '-out', 'reply.tsr']
      execFileSync('openssl', ['ts', ...words], { cwd: work, stdio: 'pipe' })
      response.setHeader('content-type', 'application/timestamp-reply')
      response.end(readFileSync(join(work, 'reply.tsr')))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    asked: () => asked,
    close: () => new Promise((closed) => server.close(() => closed())),
  }
}

/** What osslsigncode says of a signature, by itself. @throws where it does not verify */
export function verified(work: string, file: string, ...words: string[]): string {
  const roots = ['-CAfile', join(work, 'code-root.pem'), '-TSA-CAfile', join(work, 'tsa-root.pem')]
  return execFileSync('osslsigncode', ['verify', '-in', file, ...roots, ...words], {
    encoding: 'utf8',
    stdio: 'pipe',
    timeout: 60_000,
  })
}

/** Whether this osslsigncode has an option of `verify`. With help it ends with 255 or 0. */
export function verifiesWith(option: string): boolean {
  const { stdout } = spawnSync('osslsigncode', ['verify', '--help'], { encoding: 'utf8' })
  return stdout.split(/\s+/).includes(option)
}

/** A server of the list of revoked certificates of `code-root.pem`, and a PFX whose certificate names it. */
export async function startRevocations(work: string, pfx: string) {
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: work, stdio: 'pipe' })
  const authority = ['-keyfile', 'code-root.key', '-cert', 'code-root.pem', '-config', 'ca.cnf']
  writeFileSync(join(work, 'index'), '')
  writeFileSync(
    join(work, 'ca.cnf'),
    '[ca]\ndefault_ca=one\n[one]\ndatabase=index\ndefault_md=sha256\ndefault_crl_days=1\n',
  )
  const server = createServer((_, response) => {
    openssl('ca', '-gencrl', ...authority, '-out', 'list.pem')
    openssl('crl', '-in', 'list.pem', '-outform', 'der', '-out', 'list.crl')
    response.setHeader('content-type', 'application/pkix-crl')
    response.end(readFileSync(join(work, 'list.crl')))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const extensions = `extendedKeyUsage=codeSigning\ncrlDistributionPoints=URI:http://127.0.0.1:${port}/list.crl\n`
  writeFileSync(join(work, 'extensions'), extensions)
  const by = ['-CA', 'code-root.pem', '-CAkey', 'code-root.key', '-CAcreateserial', '-days', '10']
  const made = ['-extfile', 'extensions', '-out', 'listed.pem']
  openssl('x509', '-req', '-in', 'code.csr', ...by, ...made)
  const content = ['-inkey', 'code.key', '-in', 'listed.pem', '-certfile', 'code-root.pem']
  openssl('pkcs12', '-export', ...content, '-passout', 'file:password', '-out', pfx)
  return {
    revoke: () => openssl('ca', '-revoke', 'listed.pem', ...authority),
    close: () => new Promise<void>((closed) => server.close(() => closed())),
  }
}
