/** Work of one key in the order it is handed in, one at a time; that of others goes on beside it. */
export function turns(): <T>(key: string, work: () => Promise<T>) => Promise<T> {
  const underWay = new Map<string, Promise<void>>()
  return (key, work) => {
    const result = (underWay.get(key) ?? Promise.resolve()).then(work)
    const over: Promise<void> = result
      .then(
        () => undefined,
        () => undefined,
      )
      .then(() => {
        if (underWay.get(key) === over) underWay.delete(key)
      })
    underWay.set(key, over)
    return result
  }
}
