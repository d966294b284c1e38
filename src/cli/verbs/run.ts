import { boundNewSpace } from '../../platform/small-heap.ts'
import { composeHost } from '../compose-host.ts'
import { type CommonOptions, runVerb } from '../context.ts'
import { keepGuard } from '../keep-guard.ts'
import { exitCodeFor } from '../output.ts'
import { tellOfCrash } from '../tell-of-crash.ts'

/**
 * `run NAME`: the guard of one installed service, in this process, under its manager or in a terminal.
 * The manager is told that it is ready when the program is, and what is the matter with it; when the
 * program has ended for good, so does the guard.
 */
export function run(name: string, options: CommonOptions): Promise<number> {
  return runVerb(options, async () => {
    boundNewSpace()
    const host = await composeHost(name)
    const off = host.kind === 'scm' ? tellOfCrash(host) : () => {}
    try {
      const { composeServiceGuard } = await import('../compose-service-guard.ts')
      return await keepGuard(await composeServiceGuard(name, host, options), host)
    } catch (error) {
      // The SCM has no other way to learn why there is no guard; it would take the end for a crash.
      if (host.kind === 'scm') {
        host.finish({ kind: 'code', code: exitCodeFor(error) }, (error as Error).message)
      }
      throw error
    } finally {
      off()
      await host.close()
    }
  })
}
