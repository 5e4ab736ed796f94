import type { openKeep } from '../../src/store/keep.ts'
import { stateStoreContract } from '../contract/state-store.ts'
import { keepFixture } from '../support/keep-fixture.ts'

const { folder: newFolder, open } = keepFixture()

stateStoreContract('SQLite', async () => {
  const folder = newFolder()
  let before: Awaited<ReturnType<typeof openKeep>> | undefined
  return {
    async open(options) {
      // A folder is one process's at a time.
      await before?.close()
      const { keep, damage } = await open(folder, options)
      before = keep
      return { store: keep, damage }
    },
  }
})
