/**
 * Opens a value that is sealed, `ENC(…)`.
 *
 * @param path the setting that it stands at: a value that was sealed for another is refused
 * @returns the value, or in words why it cannot be had; the words never have the value in them
 */
export type SecretOpener = (
  text: string,
  path: readonly PropertyKey[],
) => { readonly value: string } | { readonly problem: string }

/** Whether a value claims to be sealed, well-formed or not: such a value is never taken as it is. */
export function isSealed(text: string): boolean {
  return text.startsWith('ENC(')
}
