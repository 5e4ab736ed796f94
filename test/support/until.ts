/** What is asked costs the processor that the other waits for. */
const EVERY_MS = 20
/** Much longer than anything takes that is waited for, on a busy machine too; less than a test may take. */
export const WAIT_LIMIT_MS = 240_000

/** Resolves with the first answer that is not undefined or false; where none comes, an error says what was waited for. */
export async function until<T>(
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const began = performance.now()
  while (performance.now() - began < WAIT_LIMIT_MS) {
    const answer = await ask()
    if (answer !== undefined && answer !== false) return answer
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS))
  }
  throw new Error(`waited ${WAIT_LIMIT_MS / 1000} s in vain: ${what}`)
}
