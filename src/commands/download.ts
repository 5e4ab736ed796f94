import { SingleBar } from 'cli-progress'
import { downloadJena } from '../../replay/download-archive.ts'
import { screenOf } from '../app/screen.ts'

/** Fetches the public Jena archive into the cache folder, where `tickcast start` finds it. */
export async function download(): Promise<void> {
  const bar = new SingleBar({ format: '  {bar} {percentage}% | {megabytes} MB', hideCursor: true })
  const { cursor } = screenOf(process.stderr)
  let began = false
  try {
    const path = await downloadJena({
      onProgress({ received, total }) {
        if (!cursor) return
        const megabytes = (received / 1e6).toFixed(1)
        if (!began) bar.start(total ?? received, 0, { megabytes })
        began = true
        bar.update(received, { megabytes })
      },
    })
    bar.stop()
    process.stdout.write(`${path}\n`)
  } finally {
    if (began) bar.stop()
  }
}
