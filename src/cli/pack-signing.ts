/** Signing what is packed for Windows: Authenticode, by osslsigncode. */
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SteadError } from '../errors.ts'
import type { PackSigning, PackSpec } from '../model/pack-spec.ts'
import type { CommandResult, CommandRunner } from '../model/ports/command-runner.ts'
import {
  type Leaf,
  type SigningTool,
  signingTool,
  signWords,
  verifyWords,
} from '../pack/sign/authenticode.ts'
import { isOnToken, tokenKey } from '../pack/sign/pkcs11-uri.ts'
import { leastProgram } from '../pack/sign/portable-executable.ts'
import { lastLine, listReason, reasonOf, revocationReason } from '../pack/sign/signing-reason.ts'
import { certificatesInside, certificatesOf, checkedLeaf } from './signing-certificate.ts'
import { throughFifo } from './signing-password.ts'

export interface SigningPorts {
  readonly runner: Pick<CommandRunner, 'run'>
  readonly platform: NodeJS.Platform
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
 * Looks at the certificate before anything is built, and tries a signature, without a time stamp, on a program of 512 bytes.
 * Null where nothing is to be signed.
 *
 * @throws PACK_SIGNING_FAILED for a wrong password or PIN, a token or a module that is not there, a certificate whose time
 * is over or has not come, a chain that ends in no root, and one that is revoked
 */
export async function openSigner(spec: PackSpec, ports: SigningPorts): Promise<Signer | null> {
  const { signing } = spec
  if (signing === null || !spec.targets.includes('win-x64')) return null
  const { certificate } = signing
  const tool = await toolOf(ports)
  if (typeof tool === 'string') throw failed(certificate, tool)
  const password = await ports.password()
  const key = isOnToken(certificate) ? tokenKey(certificate) : null
  if (key !== null) checkToken(key, certificate, password)
  const bench: Bench = { spec, signing, password, tool, runner: ports.runner }
  const inFile = key === null ? await certificatesOf(ports.runner, certificate, password) : null
  const room = await mkdtemp(join(tmpdir(), 'stead-signing-'))
  try {
    const leaf = inFile === null ? null : checkedLeaf(inFile, certificate, ports.now)
    const [trial, signed] = [join(room, 'trial.exe'), join(room, 'signed.exe')]
    await writeFile(trial, leastProgram())
    const unstamped = { ...bench, signing: { ...signing, timestamp: null } }
    await make(unstamped, { from: trial, to: signed, name: certificate })
    const chain = signing.chain === null ? '' : await readFile(signing.chain, 'utf8')
    const known: Known = {
      pem: `${inFile ?? ''}\n${chain}`,
      leaf:
        leaf ??
        checkedLeaf(await certificatesInside(ports.runner, signed, room), certificate, ports.now),
    }
    await verify(unstamped, known, signed, certificate)
    await checkRevocation(unstamped, known, signed)
    return { sign: (file) => signInPlace(bench, known, file) }
  } finally {
    await rm(room, { recursive: true, force: true })
  }
}

interface Bench {
  readonly spec: PackSpec
  readonly signing: PackSigning
  readonly password: string
  readonly tool: SigningTool
  readonly runner: SigningPorts['runner']
}

interface Known {
  readonly leaf: Leaf
  /** Certificates that a chain can be made of, as PEM. */
  readonly pem: string
}

function failed(file: string, reason: string): SteadError {
  return new SteadError('PACK_SIGNING_FAILED', { file, reason })
}

/** It ends with 255 or 0 where it is asked for help; what it says is what counts. */
async function toolOf({ runner, platform }: SigningPorts): Promise<SigningTool | string> {
  const help = async (command: string): Promise<string> =>
    said(await runner.run('osslsigncode', [command, '--help']))
  return signingTool(await help('sign'), await help('verify'), platform)
}

function checkToken(key: ReturnType<typeof tokenKey>, certificate: string, pin: string): void {
  if ('problem' in key) throw failed(certificate, key.problem)
  if (!existsSync(key.module)) throw failed(certificate, `there is no ${key.module}`)
  // What speaks to the token would ask for it at the terminal.
  if (pin === '') throw failed(certificate, 'it has no PIN, by passwordEnv or standard input')
}

/** Into a file beside it, which takes its place when it has been verified. */
async function signInPlace(bench: Bench, known: Known, file: string): Promise<void> {
  const signed = `${file}.signed`
  try {
    await make(bench, { from: file, to: signed, name: file })
    await verify(bench, known, signed, file)
    await rename(signed, file)
  } finally {
    await rm(signed, { force: true })
  }
}

/** @param name what errors call it */
async function make(
  { spec, signing, password, tool, runner }: Bench,
  { from, to, name }: { readonly from: string; readonly to: string; readonly name: string },
): Promise<void> {
  const run = (source: string, input = '') => {
    const words = signWords(spec, signing, { from, to, password: source })
    return runner.run('osslsigncode', words, { input, timeout: TIMEOUT })
  }
  // A line feed is no part of a password; without one osslsigncode takes an empty one for none.
  const made = await (tool.readsInput
    ? run('-', `${password}\n`)
    : throughFifo(runner, password, run))
  if (made.timedOut) throw failed(name, 'it was ended after 120 s')
  if (!succeeded(made)) throw failed(name, reasonOf(said(made), signing))
}

/** @param name what errors call it */
async function verify(bench: Bench, known: Known, signed: string, name: string): Promise<void> {
  const { signing, tool } = bench
  const { timestamp, timestampRoots } = signing
  const how = { ignoresLists: tool.ignoresLists, stamped: false }
  const check = (found: CommandResult, what: string): void => {
    if (succeeded(found)) return
    const last = lastLine(complaint(found))
    throw failed(name, listReason(found.stdout) ?? `${what} (${last})`)
  }
  const incomplete =
    'the signature does not verify; all certificates up to the root have to be in the PFX or in the file of `chain`'
  check(await examined(bench, known, signed, how), incomplete)
  if (timestamp === null) return
  const own = timestampRoots === null ? '' : await readFile(timestampRoots, 'utf8')
  const both = { ...known, pem: `${known.pem}\n${own}` }
  const unknown = `the time stamp of ${timestamp} does not verify; \`timestampRoots\` names the root of its authority`
  check(await examined(bench, both, signed, { ...how, stamped: true }), unknown)
}

/**
 * Once, before anything is built: a build shall not end in its middle because a list cannot be fetched. What cannot leave
 * lists alone has heard them before, or never does.
 */
async function checkRevocation(bench: Bench, known: Known, signed: string): Promise<void> {
  const { signing, tool } = bench
  if (!tool.ignoresLists) return
  const found = await examined(bench, known, signed, { ignoresLists: false, stamped: false })
  if (!succeeded(found)) throw failed(signing.certificate, revocationReason(found.stderr))
}

/** What osslsigncode finds in a file, with the roots of the system beside the certificates that are known. */
async function examined(
  { runner }: Bench,
  { leaf, pem }: Known,
  signed: string,
  { ignoresLists, stamped }: { readonly ignoresLists: boolean; readonly stamped: boolean },
): Promise<CommandResult> {
  const roots = `${signed}.roots`
  try {
    await writeFile(roots, `${pem}\n${await systemRoots()}`)
    const words = verifyWords(signed, leaf, roots, stamped ? roots : null, ignoresLists)
    return await runner.run('osslsigncode', words, { timeout: TIMEOUT })
  } finally {
    await rm(roots, { force: true })
  }
}

function systemRoots(): Promise<string> {
  return readFile(SYSTEM_ROOTS, 'utf8').catch(() => '')
}

function said({ stdout, stderr }: CommandResult): string {
  return `${stdout}\n${stderr}`
}

/** Before 2.9 it complains on standard output. */
function complaint({ stdout, stderr }: CommandResult): string {
  return stderr.trim() === '' ? stdout : stderr
}

function succeeded({ exit }: CommandResult): boolean {
  return exit.kind === 'code' && exit.code === 0
}
