import { type CommonOptions, runVerb, workshopFor } from '../context.ts'
import { listText } from '../present/status-text.ts'

/** `list`: the services that this stead installed. What guards have is for `status`. */
export function list(options: CommonOptions): Promise<number> {
  return runVerb(options, async (output) => {
    const { manager } = await workshopFor(options)
    const services = await manager.list()
    if (output.json) output.object({ services })
    else if (services.length > 0) output.answer(listText(services, new Date(), output.colour))
    else output.done('no services; install one: stead install NAME -- COMMAND…')
    return 0
  })
}
