// node healthy.mjs URL [TEXT]: leaves with 0 if URL answers with success and, where TEXT is given, holds it.
const [url = '', text = ''] = process.argv.slice(2)
try {
  const response = await fetch(url, { signal: AbortSignal.timeout(3_000) })
  const body = await response.text()
  if (!response.ok) throw new Error(`${url} answers ${response.status}`)
  if (!body.includes(text)) throw new Error(`${url} does not hold '${text}'`)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
}
