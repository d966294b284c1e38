/** Every format that `stead pack` can make. */
import type { CommandRunner } from '../model/ports/command-runner.ts'
import type { FormatBuilder, StagedProduct } from '../model/staged-product.ts'
import { tarGz } from '../pack/archive/tar-gz.ts'
import { zip } from '../pack/archive/zip.ts'
import { archiveName } from '../pack/archive-name.ts'
import { debFormat } from '../pack/deb/deb-format.ts'
import { msiFormat } from '../pack/msi/msi-format.ts'
import { nsisFormat } from '../pack/nsis/nsis-format.ts'
import { rpmFormat } from '../pack/rpm/rpm-format.ts'
import { archiveBuilder } from '../platform/pack/archive-builder.ts'
import { formatBuilder } from '../platform/pack/format-builder.ts'

const nameOf = ({ spec, target }: StagedProduct): string =>
  archiveName(spec.archiveName, spec, target)

export function packFormats(runner: Pick<CommandRunner, 'run'>): readonly FormatBuilder[] {
  return [
    archiveBuilder('tar.gz', tarGz, nameOf),
    archiveBuilder('zip', zip, nameOf),
    formatBuilder(debFormat, runner),
    formatBuilder(rpmFormat, runner),
    formatBuilder(nsisFormat, runner),
    formatBuilder(msiFormat, runner),
  ]
}
