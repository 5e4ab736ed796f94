import { element, part, setText } from '../dom.ts'
import { UNKNOWN } from '../format.ts'

/** Named facts, a term and a figure each, that keep their places while the figures change. */
export interface Facts<Name extends string> {
  set(name: Name, text: string): void
}

/** Fills a `<dl>` once, in the order of the titles. */
export function facts<Name extends string>(
  root: ParentNode,
  selector: string,
  titles: Readonly<Record<Name, string>>,
): Facts<Name> {
  const list = part(root, selector, HTMLDListElement)
  const figures = new Map<string, HTMLElement>()
  for (const [name, title] of Object.entries<string>(titles)) {
    const pair = element('div')
    const figure = element('dd', { text: UNKNOWN })
    pair.append(element('dt', { text: title }), figure)
    list.append(pair)
    figures.set(name, figure)
  }
  return {
    set(name, text) {
      const figure = figures.get(name)
      if (figure) setText(figure, text)
    },
  }
}
