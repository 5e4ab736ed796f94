import type { Span } from './instant.ts'

/** As the promise, or rejected with `why` where that takes longer. */
export async function within<T>(
  wait: Promise<T>,
  { ms, why }: { readonly ms: Span; readonly why: string },
): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(why)), ms)
  })
  try {
    return await Promise.race([wait, late])
  } finally {
    clearTimeout(timer)
  }
}
