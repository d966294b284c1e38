/** The verbs for those who come from another supervisor, or go back to one. */
import type { Command } from 'commander'
import type { ExportOptions } from './verbs/export.ts'
import type { ImportOptions } from './verbs/import.ts'

/** Adds `import` and `export`. */
export function addForeignVerbs(
  verb: (name: string, about: string) => Command,
  exit: (code: number) => void,
): void {
  verb(
    'import',
    'make a stead.yaml out of what another supervisor has; --strict: 8 where something is lost',
  )
    .argument(
      '<kind>',
      'supervisord, procfile, pm2 (a .js file is run), compose, process-compose, systemd, runit, s6, nssm, winsw or node-windows; or the path, where that tells',
    )
    .argument('[path]', 'the file or directory; of nssm the name of a service as well')
    .usage('[KIND] PATH [options]')
    .option('-o, --output <file>', 'write it there, not on standard output')
    .option('--force', 'replace the file if it is there')
    .option('--strict', 'end with 8 where something could not be carried over')
    .action(async (kind: string, path: string | undefined, options: ImportOptions) =>
      exit(await (await import('./verbs/import.ts')).importForeign(kind, path, options)),
    )
  verb('export', 'write stead.yaml as units of systemd, or as supervisord has it')
    .argument('<kind>', 'systemd or supervisord')
    .option('-f, --file <file>', 'the stead.yaml (default: of this directory, or above it)')
    .option('-o, --output <path>', 'write it there: a directory for units, a file for supervisord')
    .option('--force', 'replace files that are there')
    .option('--strict', 'end with 8 where something could not be carried over')
    .action(async (kind: string, options: ExportOptions) =>
      exit(await (await import('./verbs/export.ts')).exportForeign(kind, options)),
    )
}
