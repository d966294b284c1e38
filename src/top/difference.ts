/**
 * What to send to a terminal that shows `before` so that it shows `after`: changed lines alone, all of
 * them where nothing is known of what it shows.
 */
export function difference(before: readonly string[] | null, after: readonly string[]): string {
  let text = before === null ? '\u001b[0m\u001b[2J' : ''
  const most = Math.max(before?.length ?? 0, after.length)
  for (let row = 0; row < most; row += 1) {
    const next = after[row] ?? ''
    if (before !== null && (before[row] ?? '') === next) continue
    if (before === null && next === '') continue
    // Erased first: behind a line that fills its row there is no cell to erase from.
    text += `\u001b[${row + 1};1H\u001b[2K${next}`
  }
  return text
}
