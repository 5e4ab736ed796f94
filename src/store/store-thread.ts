import { type Deferred, deferred } from '../domain/deferred.ts'
import { TickcastError } from '../domain/errors.ts'
import type { Damage } from '../domain/state-store.ts'
import { startWorker } from '../threads/start-worker.ts'
import { errorOf } from './failure.ts'
import type { Ask, FromStore, RequestKind, Requests, StoreThreadData, ToStore } from './messages.ts'

/** The store's thread, asked from the event loop. */
export interface StoreThread {
  /** Answered in the order of asking. Rejects with what went wrong, and once the thread is no more. */
  ask<K extends RequestKind>(ask: Ask<K>, transfer?: readonly ArrayBuffer[]): Promise<Requests[K]['answer']>
  /** Why the thread ended without being asked to; undefined otherwise. */
  failure(): string | undefined
  /** Fulfilled when the thread has ended. */
  readonly ended: Promise<void>
}

type Folder = Omit<StoreThreadData, 'task'>

/** As `startStoreThread`; a file that is damaged is salvaged first. */
export async function openStoreThread(
  folder: Folder,
  onDamage: (damage: Damage) => void,
): Promise<StoreThread> {
  try {
    return await startStoreThread({ ...folder, task: 'serve' }, onDamage)
  } catch (error) {
    if (!(error instanceof TickcastError && error.code === 'store_damaged')) throw error
    const salvaging = await startStoreThread({ ...folder, task: 'salvage' }, onDamage)
    await salvaging.ended
    return startStoreThread({ ...folder, task: 'serve' }, onDamage)
  }
}

/** Fulfilled when the file is open; rejects where it cannot be. */
async function startStoreThread(
  data: StoreThreadData,
  onDamage: (damage: Damage) => void,
): Promise<StoreThread> {
  const worker = startWorker('store/store-worker', data)
  const pending = new Map<number, Deferred<Requests[RequestKind]['answer']>>()
  const opened = deferred<void>()
  const ended = deferred<void>()
  let asked = 0
  let over: Error | undefined
  let failed: Error | undefined

  const end = (reason: Error): void => {
    over ??= reason
    opened.reject(over)
    for (const { reject } of pending.values()) reject(over)
    pending.clear()
  }
  worker.on('error', (cause) => {
    failed = new Error(`the store's thread failed: ${cause.message}`, { cause })
    end(failed)
  })
  worker.on('exit', () => {
    end(new Error('the store is closed'))
    ended.resolve()
  })
  worker.on('message', (message: FromStore) => {
    if (message.kind === 'opened' || message.kind === 'salvaged') opened.resolve()
    else if (message.kind === 'refused') end(errorOf(message.failure))
    else if (message.kind === 'damage') onDamage(message.damage)
    else {
      const waiting = pending.get(message.id)
      pending.delete(message.id)
      if (message.kind === 'answer') waiting?.resolve(message.value)
      else waiting?.reject(errorOf(message.failure))
    }
  })

  try {
    await opened.promise
  } catch (error) {
    await worker.terminate()
    throw error
  }
  return {
    ended: ended.promise,
    failure: () => failed?.message,
    ask<K extends RequestKind>(ask: Ask<K>, transfer: readonly ArrayBuffer[] = []) {
      if (over !== undefined) return Promise.reject(over)
      const id = asked++
      const waiting = deferred<Requests[RequestKind]['answer']>()
      pending.set(id, waiting)
      worker.postMessage({ id, ask: ask as Ask } satisfies ToStore, transfer)
      return waiting.promise as Promise<Requests[K]['answer']>
    },
  }
}
