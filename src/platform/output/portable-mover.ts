import type { Clock } from '../../model/ports/clock.ts'
import type { OutputMover } from './output-thread.ts'

export function portableMover(_clock: Clock): OutputMover {
  throw new Error('later')
}
