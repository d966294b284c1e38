/** Puts the screens that tests compare, and the keys, into docs/guide/top.md. */
import { readFileSync } from 'node:fs'
import { KEYS } from '../../src/top/help.ts'

const golden = (name: string): string =>
  readFileSync(new URL(`../../test/golden/top/${name}.txt`, import.meta.url), 'utf8')
    .replace(/\n+$/, '')
    // What is empty on the screen is shorter on a page.
    .replace(/\n{3,}/g, '\n\n')

/** The guide with its two screens and its table of keys as they are now. */
export function topGuide(): string {
  const page = readFileSync(new URL('../../docs/guide/top.md', import.meta.url), 'utf8')
  const screens = [golden('list-80x24'), golden('detail-80x24')]
  const rows = KEYS.map(([keys, about]) => `| ${code(keys)} | ${about} |`)
  return page
    .replace(/```text\n[\s\S]*?\n```/g, () => `\`\`\`text\n${screens.shift()}\n\`\`\``)
    .replace(
      /(## Keys\n\n)[\s\S]*?(?=\n\nWhat ends)/,
      () => `## Keys\n\n${['| key | |', '|---|---|', ...rows].join('\n')}`,
    )
}

/** Each word of the keys as it is typed. */
function code(keys: string): string {
  return keys
    .split(', ')
    .map((some) =>
      some
        .split(' ')
        .map((one) => `\`${one}\``)
        .join(' '),
    )
    .join(', ')
}
