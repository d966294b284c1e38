import type { TopState } from './model.ts'

/** How the lines of the screen are shared out. */
export interface Layout {
  /** Counts and what is wrong have lines of their own. */
  readonly roomy: boolean
  readonly header: number
  /** Filters that hide something are named. */
  readonly filters: number
  readonly footer: number
}

/** From so many lines on there is room for all that surrounds the list. */
const ROOMY = 14

export function layoutOf(state: TopState): Layout {
  const roomy = state.size.rows >= ROOMY
  return {
    roomy,
    // Title and counts, what is wrong, heads of the columns.
    header: roomy ? 4 : 3,
    filters: isFiltered(state) ? 1 : 0,
    // What was said last, and the keys.
    footer: state.live ? (roomy ? 2 : 1) : 0,
  }
}

export function isFiltered({ filter, show, label }: TopState): boolean {
  return filter !== '' || show !== 'all' || label !== null
}

/** Lines that the list has for its rows. */
export function listRoom(state: TopState): number {
  const { header, filters, footer } = layoutOf(state)
  return Math.max(1, state.size.rows - header - filters - footer)
}
