import { detailLines } from './detail-screen.ts'
import { headerLines } from './header.ts'
import { helpLines } from './help.ts'
import { isFiltered, layoutOf } from './layout.ts'
import { clipped, type Line, line, sides, span } from './line.ts'
import { listLines } from './list-screen.ts'
import { isTooSmall, LEAST, type TopState } from './model.ts'
import { safeText } from './safe-text.ts'
import type { Glyphs } from './sparkline.ts'
import { clip, widthOf, wrap } from './text-width.ts'
import { clockText } from './texts.ts'

/** The lines of the whole screen; at most as many as it has, none wider. `now` in milliseconds. */
export function screenLines(state: TopState, now: number, glyphs: Glyphs): readonly Line[] {
  const { columns, rows } = state.size
  if (isTooSmall(state.size)) {
    const text = `too small: ${LEAST.columns}x${LEAST.rows} at least`
    return rows < 1 ? [] : [line(clip(text, columns, ''))]
  }
  const { roomy, footer } = layoutOf(state)
  const foot = footLines(state, glyphs, footer)
  const room = rows - foot.length
  const body = bodyLines(state, now, glyphs, roomy, room).slice(0, room)
  const empty = Array.from({ length: room - body.length }, () => line())
  return [...body, ...empty, ...foot].map((one) => ({
    ...one,
    spans: clipped(one.spans, columns, glyphs.ellipsis),
  }))
}

function bodyLines(
  state: TopState,
  now: number,
  glyphs: Glyphs,
  roomy: boolean,
  room: number,
): readonly Line[] {
  const { help, detail, size } = state
  if (help !== null) return helpLines(help, size.columns, room, glyphs.ellipsis)
  if (detail !== null) return detailLines(state, detail, now, glyphs, room)
  return [
    ...headerLines(state, now, glyphs, roomy),
    ...(isFiltered(state) ? [filterLine(state, glyphs)] : []),
    ...listLines(state, now, glyphs),
  ]
}

function filterLine({ filter, show, label, size }: TopState, { ascii, ellipsis }: Glyphs): Line {
  const parts = [
    ...(filter === '' ? [] : [`text ${safeText(filter, ascii)}`]),
    ...(show === 'all' ? [] : [`only ${show}`]),
    ...(label === null ? [] : [`label ${safeText(label.text, ascii)}`]),
  ]
  return sides([span(`filter: ${parts.join(', ')}`, 'warn')], [], size.columns, ellipsis)
}

const PROMPTS = {
  filter: 'filter: ',
  label: 'label (KEY=VALUE): ',
  signal: 'signal (such as HUP) to ',
  scale: 'instances of ',
} as const

/**
 * What is asked or was said last, and the keys where there is room for them: what is long (a problem
 * with what to do about it) takes their place.
 */
function footLines(state: TopState, glyphs: Glyphs, footer: number): readonly Line[] {
  if (footer === 0) return []
  const asked = askedLines(state, glyphs, footer)
  if (asked.length >= footer) return asked
  const hint = hintLine(state, glyphs)
  return asked.length > 0 ? [...asked, hint] : footer > 1 ? [line(), hint] : [hint]
}

function askedLines(state: TopState, glyphs: Glyphs, most: number): readonly Line[] {
  const { prompt, notice, size } = state
  const { ellipsis, ascii } = glyphs
  const { columns } = size
  if (prompt?.kind === 'confirm') {
    const answer = '? y/N'
    const text = safeText(prompt.text, ascii)
    if (widthOf(text + answer) <= columns) return [line(span(text + answer, 'warn'))]
    // What is asked may be cut, but never that it is a question.
    const lines = wrap(text, columns - answer.length, most, ellipsis)
    return lines.map((one, at) => line(span(at === lines.length - 1 ? one + answer : one, 'warn')))
  }
  if (prompt?.kind === 'text') {
    const whom = prompt.target === null ? '' : `${safeText(prompt.target.name, ascii)}: `
    const head = PROMPTS[prompt.what] + whom
    // The end of what is written stays in sight.
    let text = safeText(prompt.text, ascii)
    while (widthOf(head + text) >= columns && text !== '') text = text.slice(1)
    return [line(span(head, 'bold'), `${text}_`)]
  }
  if (notice === null) return []
  const style = notice.kind === 'bad' ? 'bad' : notice.kind === 'good' ? 'good' : 'plain'
  const text = `${clockText(notice.at)} ${safeText(notice.text, ascii)}`
  return wrap(text, columns, most, ellipsis).map((one) => line(span(one, style)))
}

function hintLine(
  { size, detail, help, prompt, sort, show }: TopState,
  { ellipsis }: Glyphs,
): Line {
  const keys =
    prompt !== null
      ? prompt.kind === 'confirm'
        ? 'y yes  any other key no'
        : 'Enter takes it  Esc leaves it'
      : help !== null
        ? 'Up Down scroll  any other key goes back'
        : detail !== null
          ? '? keys  Esc back  s start  x stop  r restart  Tab log  < > others'
          : `? keys  q quit  Enter look  s start  x stop  r restart  / filter  f ${show}  > ${sort}`
  return sides([span(keys, 'dim')], [], size.columns, ellipsis)
}
