/**
 * A process of its own for a guard that runs in a terminal: the guard would have to give up its console to
 * raise something in another. Takes the event and then pids as arguments.
 */
import { leaveConsole, raiseInConsoles } from './console-events.ts'

const [event, ...pids] = process.argv.slice(2).map(Number)
leaveConsole()
if (event !== undefined) raiseInConsoles(pids, event)
