/** First byte of memory that the host may lay out as it likes. */
export function heapStart(): usize {
  return __heap_base
}
