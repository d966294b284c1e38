/** The verbs for those who come from another supervisor, or go back to one. */
import type { Command } from 'commander'
import type { ImportOptions } from './verbs/import.ts'

/** Adds `import`. */
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
      'supervisord, procfile, pm2 (a .js file is run), compose, process-compose, systemd, runit or s6; or the path, where that tells',
    )
    .argument('[path]', 'the file or directory')
    .usage('[KIND] PATH [options]')
    .option('-o, --output <file>', 'write it there, not on standard output')
    .option('--force', 'replace the file if it is there')
    .option('--strict', 'end with 8 where something could not be carried over')
    .action(async (kind: string, path: string | undefined, options: ImportOptions) =>
      exit(await (await import('./verbs/import.ts')).importForeign(kind, path, options)),
    )
}
