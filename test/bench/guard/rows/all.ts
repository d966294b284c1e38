import type { Row } from '../row.ts'
import { crash } from './crash.ts'
import { start200, start1000 } from './start.ts'

export const ROWS: readonly Row[] = [crash, start200, start1000]
