import * as z from 'zod'
import { line, word } from './setting-values.ts'

const LABEL = /^[A-Za-z0-9]([A-Za-z0-9._/-]{0,61}[A-Za-z0-9])?$/

/** Labels of a service, by which it is selected. */
export const labels = z.record(z.string(), word.pipe(line)).superRefine((value, context) => {
  for (const key of Object.keys(value)) {
    if (!LABEL.test(key)) {
      const message = 'a label has 1 to 63 letters, digits, "-", "_", "." or "/"'
      context.addIssue({ code: 'custom', path: [key], message })
    }
  }
})
