/** What Python writes for no number, which JSON has none for. */
const NO_NUMBERS = /(?<=[:[,]\s{0,8})(?:NaN|-?Infinity)(?=\s{0,8}[,}\]])/g

/** Undefined where a text is no JSON, which can hold anything but that. */
export function parsed(line: string): unknown {
  const found = parsedStrictly(line)
  return found === undefined && /NaN|Infinity/.test(line)
    ? parsedStrictly(line.replace(NO_NUMBERS, 'null'))
    : found
}

function parsedStrictly(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Whether the first line is the begin of an object laid out for people, or several objects without a line end between. */
export function isSpread(lines: readonly string[]): boolean {
  const line = lines.find((each) => each.trim() !== '')?.trim() ?? ''
  return parsed(line) === undefined && (/^\{$|^\{.*[{[,]$/.test(line) || /\}[\s,]*\{/.test(line))
}
