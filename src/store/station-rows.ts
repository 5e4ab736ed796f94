import { asBytes, type Database, textOf } from './database.ts'

/* What stations are, among the facts of the file: `station/ID`, a `StationMessage` as JSON text. */

const PREFIX = 'station/'

export function writeStation(database: Database, station: string, description: string): void {
  database.run('INSERT OR REPLACE INTO meta VALUES (?, ?)', `${PREFIX}${station}`, description)
}

export function forgetStation(database: Database, station: string): void {
  database.run('DELETE FROM meta WHERE key = ?', `${PREFIX}${station}`)
}

/** By id, in its order. */
export function readStations(database: Database): readonly string[] {
  return database
    .all(`SELECT ${asBytes('value')} AS value FROM meta WHERE key LIKE 'station/%' ORDER BY key`)
    .map((row) => textOf(row['value']) ?? '')
}
