import Libsql from 'libsql'

/** What SQLite stores in a column here. */
export type Value = number | string | null | Uint8Array

type Row = Record<string, unknown>

/** The few calls of SQLite that the store makes, each synchronous: of the store's thread alone. */
export interface Database {
  /** Any number of statements, none of which gives rows. */
  exec(sql: string): void
  /** One statement; statements are prepared once a text. */
  run(sql: string, ...values: readonly Value[]): { readonly changes: number; readonly rowId: number }
  all(sql: string, ...values: readonly Value[]): readonly Row[]
  first(sql: string, ...values: readonly Value[]): Row | undefined
  /** All that `work` writes, or nothing of it. What it throws is thrown on as it is. */
  transaction<T>(work: () => T): T
  close(): void
}

/** How long a call waits for whoever else is writing to a file. */
export const BUSY_MS = 5000

/** Opens a file, made where it is missing. */
export function openDatabase(path: string): Database {
  const connection = new Libsql(path)
  const prepared = new Map<string, Libsql.Statement>()
  const prepare = (sql: string): Libsql.Statement => {
    const known = prepared.get(sql)
    if (known !== undefined) return known
    const statement = connection.prepare(sql)
    prepared.set(sql, statement)
    return statement
  }
  const database: Database = {
    exec: (sql) => void connection.exec(sql),
    run(sql, ...values) {
      const { changes, lastInsertRowid } = prepare(sql).run(values)
      return { changes, rowId: Number(lastInsertRowid) }
    },
    all: (sql, ...values) => prepare(sql).all(values) as Row[],
    first: (sql, ...values) => prepare(sql).all(values)[0] as Row | undefined,
    transaction(work) {
      // Not the driver's own: where SQLite has rolled back by itself, as on a full disk, it hides why.
      connection.exec('BEGIN IMMEDIATE')
      try {
        const result = work()
        connection.exec('COMMIT')
        return result
      } catch (error) {
        if (connection.inTransaction) connection.exec('ROLLBACK')
        throw error
      }
    },
    close: () => void connection.close(),
  }
  database.all(`PRAGMA busy_timeout = ${BUSY_MS}`)
  return database
}

/** A BLOB as it comes from the driver, which is an ArrayBuffer; undefined for anything else. */
export function bytesOf(value: unknown): Uint8Array | undefined {
  if (value instanceof ArrayBuffer) return new Uint8Array(value)
  return value instanceof Uint8Array ? value : undefined
}

/** In SQL: a column of text as its bytes, to be read by `textOf`. The driver ends the process at text that is no UTF-8. */
export const asBytes = (column: string): string => `CAST(${column} AS BLOB)`

const decoder = new TextDecoder('utf-8', { fatal: true })

/** Undefined where the bytes are no text any more. */
export function textOf(value: unknown): string | undefined {
  try {
    const bytes = bytesOf(value)
    return bytes && decoder.decode(bytes)
  } catch {
    return undefined
  }
}
