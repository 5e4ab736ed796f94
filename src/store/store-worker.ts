import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import type { Damage } from '../domain/state-store.ts'
import { failureOf } from './failure.ts'
import type { FromStore, RequestKind, Requests, StoreThreadData, ToStore } from './messages.ts'
import { openStore, type Store, salvageStore } from './store.ts'

/* The thread in which all of SQLite's work is done: one request after the other, in the order they come. */

const data = workerData as StoreThreadData
const port = parentPort as MessagePort
const post = (message: FromStore, transfer: readonly ArrayBuffer[] = []): void =>
  port.postMessage(message, transfer)

const onDamage = (damage: Damage): void => post({ kind: 'damage', damage })

try {
  if (data.task === 'serve') serve(openStore(data, onDamage))
  else {
    salvageStore(data, onDamage)
    post({ kind: 'salvaged' })
  }
} catch (error) {
  post({ kind: 'refused', failure: failureOf(error, data.folder) })
}

function serve(store: Store): void {
  port.on('message', ({ id, ask }: ToStore) => {
    try {
      const value = store.answer(ask)
      post({ kind: 'answer', id, value }, buffersOf(value))
    } catch (error) {
      post({ kind: 'failed', id, failure: failureOf(error, store.path) })
    }
    if (ask.kind === 'close') port.close()
  })
  post({ kind: 'opened' })
}

/** States are handed over, not copied. */
function buffersOf(value: Requests[RequestKind]['answer']): readonly ArrayBuffer[] {
  const rows: readonly object[] = Array.isArray(value) ? value : typeof value === 'object' ? [value] : []
  return rows.flatMap((row) => {
    if (!('state' in row)) return []
    const samples: readonly unknown[] = 'samples' in row && Array.isArray(row.samples) ? row.samples : []
    return [row.state, ...samples].flatMap((bytes) =>
      bytes instanceof Uint8Array && bytes.buffer instanceof ArrayBuffer ? [bytes.buffer] : [],
    )
  })
}
