import type { Row } from '../row.ts'
import { crash } from './crash.ts'
import { idle } from './idle.ts'
import { memory } from './memory.ts'
import { output } from './output.ts'
import { start200, start1000 } from './start.ts'
import { status } from './status.ts'

export const ROWS: readonly Row[] = [crash, start200, start1000, status, idle, memory, output]
