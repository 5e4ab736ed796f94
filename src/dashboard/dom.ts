/** The one element that a selector names, of the kind that is expected there; the page's markup is at fault where it is not. */
export function part<T extends Element>(root: ParentNode, selector: string, kind: new () => T): T {
  const found = root.querySelector(selector)
  if (!(found instanceof kind)) throw new Error(`the page has no ${kind.name} at '${selector}'`)
  return found
}

/** Writes only what differs: a screen reader and the layout are left alone by the rest. */
export function setText(node: Element, text: string): void {
  if (node.textContent !== text) node.textContent = text
}

export function setKind(node: HTMLElement, kind: string): void {
  if (node.dataset['kind'] !== kind) node.dataset['kind'] = kind
}

export function setTitle(node: HTMLElement, title: string): void {
  if (node.title !== title) node.title = title
}

/** The longest text that a `.steady` element is to have room for. */
export function setLongest(node: HTMLElement, text: string): void {
  if (node.dataset['longest'] !== text) node.dataset['longest'] = text
}

export function setAttribute(node: Element, name: string, value: string): void {
  if (node.getAttribute(name) !== value) node.setAttribute(name, value)
}

export function setHidden(node: HTMLElement, hidden: boolean): void {
  if (node.hidden !== hidden) node.hidden = hidden
}

export interface ElementOptions {
  readonly className?: string
  readonly text?: string
  readonly attributes?: Readonly<Record<string, string>>
}

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  { className, text, attributes }: ElementOptions = {},
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag)
  if (className) made.className = className
  if (text !== undefined) made.textContent = text
  for (const [name, value] of Object.entries(attributes ?? {})) made.setAttribute(name, value)
  return made
}
