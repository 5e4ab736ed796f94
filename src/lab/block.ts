/** A report as a sequence of parts, the same for the page and for Markdown. */
export type Block =
  | { readonly kind: 'heading'; readonly level: 1 | 2 | 3; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'table'
      readonly caption: string
      readonly head: readonly string[]
      readonly rows: readonly (readonly string[])[]
    }
  /** `figure` is what `lineChart` makes; `name` is what a file of it is called. */
  | { readonly kind: 'figure'; readonly name: string; readonly caption: string; readonly figure: string }
