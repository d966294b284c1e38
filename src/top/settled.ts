import { listRoom } from './layout.ts'
import type { TopState } from './model.ts'
import { rowsOf } from './rows.ts'

/** The state with a row chosen that there is, and that row on the screen. */
export function settled(state: TopState): TopState {
  const rows = rowsOf(state)
  const found = rows.findIndex(({ key }) => key === state.picked)
  const last = Math.max(0, rows.length - 1)
  const pickedAt = found === -1 ? Math.min(state.pickedAt, last) : found
  const picked = rows[pickedAt]?.key ?? null
  const room = listRoom(state)
  const lowest = Math.max(0, rows.length - room)
  const least = Math.max(0, pickedAt - room + 1)
  const first = Math.min(Math.max(state.first, least), pickedAt, lowest)
  return picked === state.picked && pickedAt === state.pickedAt && first === state.first
    ? state
    : { ...state, picked, pickedAt, first }
}
