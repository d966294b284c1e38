import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PACK_TARGETS, type PackCompression } from '../../model/pack-spec.ts'
import type { FormatBuilder, StagedProduct } from '../../model/staged-product.ts'

/** Bytes of an archive with the given files, all of one time. */
export type Archive = (
  entries: readonly { path: string; mode: number; content: Uint8Array }[],
  epoch: number,
  compression: PackCompression,
) => Promise<Uint8Array>

/** Archives need no tool. Files lie in them as they do beside the executable, without a folder around. */
export function archiveBuilder(
  format: 'zip' | 'tar.gz',
  archive: Archive,
  nameOf: (product: StagedProduct) => string,
): FormatBuilder {
  return {
    format,
    targets: PACK_TARGETS,
    tools: [],
    async build(product, out) {
      const name = nameOf(product)
      const entries = await Promise.all(
        product.files.map(async ({ path, source, mode }) => ({
          path,
          mode,
          content: await readFile(source),
        })),
      )
      const path = join(out, `${name}.${format}`)
      const bytes = await archive(entries, product.epoch, product.spec.compression)
      await writeFile(path, bytes, { flag: 'wx' })
      return { path, format, target: product.target }
    },
  }
}
