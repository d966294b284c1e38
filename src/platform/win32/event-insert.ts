/**
 * ReportEventW takes inserts of up to 31,839 characters each, and a whole record of 61,440 bytes: one
 * long text of UTF-16, with the room that the name needs, stays below both.
 */
const LONGEST = 30_000
const CUT = ' […]'

/**
 * A text as an insert of an event: what the Event Log would change or refuse in it is made harmless.
 *
 * - A text that is too long is cut, never within a character, and says so.
 * - The Event Viewer replaces `%1` and `%%1` in inserts too (ReportEventW, Remarks; an IPv6 address
 *   with a zone has such a thing): a blank goes between the percent sign and the number.
 * - A NUL would end it.
 * - Lines end with CR LF.
 */
export function insertText(text: string): string {
  const whole = text
    .replaceAll('\0', '␀')
    .replaceAll(/%(?=\d)/g, '% ')
    .replaceAll(/\r?\n/g, '\r\n')
  if (whole.length <= LONGEST) return whole
  const end = LONGEST - CUT.length
  const splits = (whole.charCodeAt(end - 1) & 0xfc00) === 0xd800
  return whole.slice(0, splits ? end - 1 : end) + CUT
}
