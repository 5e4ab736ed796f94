import { DuckDBInstance } from '@duckdb/node-api'
import { onTestFinished } from 'vitest'

/** Asks a database that knows nothing of ours: what it reads from a file, others will read too. */
export async function openDuckdb(): Promise<(sql: string) => Promise<Record<string, unknown>[]>> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  onTestFinished(() => {
    connection.closeSync()
    instance.closeSync()
  })
  // Times as a person writes them, wherever the test runs.
  await connection.run("SET TimeZone = 'UTC'")
  return async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJson() as Record<string, unknown>[]
}
