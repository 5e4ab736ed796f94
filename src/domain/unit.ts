/** The unit of a difference of two values in a unit: temperatures differ by kelvins, and so do their errors. */
export function differenceUnit(unit: string): string {
  return unit === 'degC' ? 'K' : unit
}
