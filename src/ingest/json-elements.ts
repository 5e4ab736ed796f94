import { badFile } from './bad-file.ts'
import { type LineBlock, LONGEST_LINE } from './lines.ts'

/** `array`: what its elements are; `objects`: objects one behind the other, each on as many lines as it likes. */
export type ElementsOf = 'array' | 'objects'

/** The elements of a text in JSON, each as a line of its own, however it is laid out. */
export async function* jsonElements(
  blocks: AsyncGenerator<LineBlock, void, undefined>,
  { name, of }: { readonly name: string; readonly of: ElementsOf },
): AsyncGenerator<LineBlock, void, undefined> {
  let depth = 0
  let isText = false
  let isEscaped = false
  let element = ''
  let count = 0
  let isOver = false
  try {
    for await (const { lines } of blocks) {
      const found: string[] = []
      for (const line of lines) {
        let begin = 0
        for (let at = 0; at < line.length; at++) {
          const sign = line[at]!
          if (isText) {
            if (isEscaped) isEscaped = false
            else if (sign === '\\') isEscaped = true
            else if (sign === '"') isText = false
            continue
          }
          if (sign === '"') isText = true
          else if (sign === '[' || sign === '{') {
            if (++depth === 1 && of === 'array') begin = at + 1
          } else if (sign === ']' || sign === '}') {
            if (--depth === 0 && of === 'array') isOver = true
          }
          const isEnd =
            of === 'array' ? isOver || (depth === 1 && sign === ',') : depth === 0 && /[}\],]/.test(sign)
          if (isEnd) {
            const text = (element + line.slice(begin, of === 'array' || sign === ',' ? at : at + 1)).trim()
            if (text !== '') found.push(text)
            element = ''
            begin = at + 1
            if (isOver) break
          }
        }
        if (isOver) break
        element += `${line.slice(begin)} `
        if (element.length > LONGEST_LINE)
          throw badFile(
            name,
            `its element ${count + found.length + 1} has more than ${LONGEST_LINE} characters: this is no array of ticks`,
          )
      }
      if (found.length > 0) yield { lines: found, first: count + 1, open: false }
      count += found.length
      if (isOver) return
    }
    if (of === 'objects') {
      if (element.trim() === '') return
      throw badFile(name, `it is cut off: its last object does not end; there are ${count} whole ones`)
    }
    throw badFile(
      name,
      `it is cut off: the array that it begins does not end; there are ${count} whole elements`,
    )
  } finally {
    await blocks.return()
  }
}
