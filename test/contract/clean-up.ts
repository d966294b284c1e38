/**
 * Runs `body`, and `cleanUp` after it however it ends. Where both fail, `body` has the reason: what the
 * clean-up says is told behind it, and not in its place.
 *
 * @returns what `body` gives
 */
export async function withCleanUp<T>(
  body: () => Promise<T>,
  cleanUp: () => Promise<void> | void,
): Promise<T> {
  let value: T
  try {
    value = await body()
  } catch (error) {
    try {
      await cleanUp()
    } catch (second) {
      if (error instanceof Error) error.stack += `\nand behind it: ${String(second)}`
    }
    throw error
  }
  await cleanUp()
  return value
}
