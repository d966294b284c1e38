import { element, escaped, unformatted, type XmlAttributes } from './xml.ts'

/** A custom action with its place in the sequence. */
export interface Action {
  readonly id: string
  readonly attributes: XmlAttributes
  /** Its Type as a number, where wixl has no word for it. */
  readonly type?: number
  /** Its Source, where wixl has no attribute for it. */
  readonly source?: string
  /** Of the language of Windows Installer (Conditional Statement Syntax). */
  readonly condition: string
  readonly sequence: number
}

/** @param value formatted; or a text that is to stay as it is */
export function setProperty(
  id: string,
  property: string,
  value: string | { readonly text: string },
  condition: string,
  sequence: number,
): Action {
  const formatted = typeof value === 'string' ? value : unformatted(value.text)
  return { id, attributes: { Property: property, Value: formatted }, condition, sequence }
}

/** Actions with their conditions; their places are given by msiPlan: wixl finds those of its own alone. */
export function actionElements(actions: readonly Action[]): string[] {
  return [
    ...actions.flatMap(({ id, attributes }) => element('CustomAction', { Id: id, ...attributes })),
    ...element(
      'InstallExecuteSequence',
      {},
      // A line end would be part of the condition.
      actions.map(
        ({ id, condition }) =>
          `<Custom Action="${id}" After="InstallInitialize">${escaped(condition)}</Custom>`,
      ),
    ),
  ]
}

/** What has to be true, or the installation ends with a message before anything is changed. */
export function condition(message: string, text: string): string {
  return `<Condition Message="${escaped(message)}">${escaped(text)}</Condition>`
}
