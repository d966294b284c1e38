import { createHash } from 'node:crypto'
import type { PackSpec, PackTarget } from '../../model/pack-spec.ts'
import { type BundledPackage, distinct } from './bundled-package.ts'

export interface SbomAsked {
  readonly spec: PackSpec
  readonly target: PackTarget
  readonly packages: readonly BundledPackage[]
  /** SHA-256 of the executable. */
  readonly sha256: string
  /** Seconds since 1970. */
  readonly epoch: number
  /** Version of the stead that packed. */
  readonly stead: string
}

/**
 * What an executable is made of: CycloneDX 1.6 as JSON. The same program gives the same text: its serial
 * number is made of what is in it.
 */
export function cyclonedx({ spec, target, packages, sha256, epoch, stead }: SbomAsked): string {
  const components = distinct(packages).map(component)
  const product = {
    type: 'application',
    'bom-ref': `${spec.name}@${spec.version}`,
    name: spec.name,
    version: spec.version,
    description: spec.description,
    publisher: spec.publisher,
    hashes: [{ alg: 'SHA-256', content: sha256 }],
    properties: [{ name: 'stead:target', value: target }],
  }
  const body = {
    metadata: {
      timestamp: new Date(epoch * 1000).toISOString().replace('.000', ''),
      tools: { components: [{ type: 'application', name: 'stead', version: stead }] },
      component: product,
    },
    components,
    dependencies: [
      { ref: product['bom-ref'], dependsOn: components.map((one) => one['bom-ref']) },
      ...components.map((one) => ({ ref: one['bom-ref'] })),
    ],
  }
  const document = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuid(JSON.stringify(body))}`,
    version: 1,
    ...body,
  }
  return `${JSON.stringify(document, null, 2)}\n`
}

function component({ name, version, license, integrity }: BundledPackage) {
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`
  return {
    type: 'library' as const,
    'bom-ref': purl,
    name,
    version,
    purl,
    ...(license === null ? {} : { licenses: [licence(license)] }),
    ...(integrity === null ? {} : { hashes: [hashOf(integrity)] }),
  }
}

/** An identifier of SPDX is one word; all else is an expression, or a text of its author's. */
function licence(text: string): object {
  if (/^[A-Za-z0-9.+-]+$/.test(text)) return { license: { id: text } }
  if (/^[A-Za-z0-9.+() -]+$/.test(text) && / (AND|OR|WITH) /.test(text)) return { expression: text }
  return { license: { name: text } }
}

function hashOf(integrity: string): object {
  const content = Buffer.from(integrity.replace(/^sha512-/, ''), 'base64').toString('hex')
  return { alg: 'SHA-512', content }
}

/** RFC 9562, version 8: of a hash, with the bits that say so. */
function uuid(text: string): string {
  const bytes = createHash('sha256').update(text).digest().subarray(0, 16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
