import type { ExplainedSetting, Said } from '../../config/layers/explain-settings.ts'
import { shownPath } from '../../config/layers/named-values.ts'

/** Values longer than this are cut on a terminal; `--json` has them whole. */
const WIDEST = 60

/** One line for each setting, in columns: setting, value, layer, place; below it what it hides. */
export function configText(settings: readonly ExplainedSetting[]): string {
  const rows = settings.flatMap((setting) => [
    [shownPath(setting.path), valueText(setting), setting.layer, placeText(setting)],
    ...setting.shadows.map((below) => [
      '',
      `over ${valueText(below)}`,
      below.layer,
      placeText(below),
    ]),
  ])
  const widths = [0, 1, 2].map((at) => Math.max(0, ...rows.map((row) => width(row[at] as string))))
  return rows
    .map((row) =>
      row
        .map((cell, at) =>
          at === 3 ? cell : cell + ' '.repeat((widths[at] as number) - width(cell)),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function valueText({ value }: Said): string {
  if (value === null) return 'nothing'
  const text = typeof value === 'string' && isPlain(value) ? value : JSON.stringify(value)
  return width(text) > WIDEST ? `${[...text].slice(0, WIDEST - 1).join('')}…` : text
}

/** Whether a text is itself without quotes: no number, no name of a value, no control characters. */
function isPlain(text: string): boolean {
  if (text === '' || text !== text.trim() || /^(true|false|null|nothing)$/.test(text)) return false
  return Number.isNaN(Number(text)) && !/[\p{Cc}"]/u.test(text)
}

function placeText({ origin, line, column }: Said): string {
  return line === null ? origin : `${origin}:${line}:${column}`
}

function width(text: string): number {
  return [...text].length
}
