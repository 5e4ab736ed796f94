import { badFile, shown } from './bad-file.ts'
import type { RawRow } from './raw-row.ts'

/** A gap in the measurements is shorter, whatever a station writes meanwhile: past either, the file is the wrong one. */
const MOST_LINES = 100_000
const MOST_CHARACTERS = 16 * 1024 * 1024

/** Lines of a table one after another of which no row can be read, blank ones included; many of them are an error. */
export class UnreadableRun {
  readonly #name: string
  #lines = 0
  #characters = 0
  #first = 0
  #why: RawRow['malformed'] | undefined

  constructor(name: string) {
    this.#name = name
  }

  /** A row was read. */
  end(): void {
    this.#lines = 0
  }

  /** A TickcastError once there are too many. `why` is the rule that the line breaks, where it is not blank. */
  add(line: number, length: number, why?: RawRow['malformed']): void {
    if (this.#lines === 0) {
      this.#first = line
      this.#characters = 0
      this.#why = undefined
    }
    this.#why ??= why
    this.#lines++
    this.#characters += length + 1
    if (this.#lines <= MOST_LINES && this.#characters <= MOST_CHARACTERS) return
    const found = this.#why
      ? `${shown(this.#why.field, 40)} is '${shown(String(this.#why.value))}'; expected ${this.#why.rule}`
      : 'they are blank; expected rows'
    const long = this.#lines > MOST_LINES ? `${MOST_LINES} lines` : `${MOST_CHARACTERS} characters`
    throw badFile(`${this.#name}:${this.#first}`, `no row can be read in ${long} from here on: ${found}`)
  }
}
