import { cachedJena } from '../../replay/download-archive.ts'
import { openTape } from '../../replay/open-tape.ts'
import { screenOf } from '../app/screen.ts'
import type { Terminal } from '../app/terminal.ts'
import { TickcastError } from '../domain/errors.ts'
import { withDerived } from '../lab/derived.ts'
import type { Experiment } from '../lab/experiment.ts'
import { jenaTask } from '../lab/jena-task.ts'
import { outlineOf } from '../lab/outline.ts'
import type { ResultFolder } from '../lab/result-folder.ts'
import { type Reviews, readReviews } from '../lab/reviews.ts'
import { reviewsTask } from '../lab/reviews-task.ts'
import { readSeries, type Series } from '../lab/series.ts'
import type { LabRunFlags } from './lab-flags.ts'

/** Each file is read once, when the first experiment needs it. */
export function dataSources(
  flags: LabRunFlags,
  { terminal, folder }: { readonly terminal: Terminal; readonly folder: ResultFolder },
) {
  let series: Promise<Series> | undefined
  let reviews: Promise<Reviews> | undefined

  /** Progress for people only: in a log, an error shall be the one line there is. */
  const reading = (name: string): void => {
    if (screenOf(process.stderr).cursor) terminal.status(`reading ${name} ...`)
  }
  const openSeries = async (): Promise<Series> => {
    const data = flags.data ?? (await cachedJena())
    if (data === undefined) {
      throw new TickcastError(
        'usage',
        'no data: name a file with --data FILE, or fetch the public archive with `tickcast download`',
      )
    }
    const tape = await openTape({ data, ...(flags.station !== undefined && { station: flags.station }) })
    const { name, station } = tape
    reading(name)
    const read = await readSeries({ name, station, cadence: station.cadence, rows: tape.rows() })
    const rejected = read.rejected > 0 ? `, ${read.rejected} rows refused` : ''
    terminal.fact('data', `${name}: ${read.rows} rows of ${read.channels.length} channels${rejected}`)
    await folder.saveOutline(outlineOf(read))
    return read
  }
  const openReviews = async (path: string): Promise<Reviews> => {
    reading(path)
    const read = await readReviews(path)
    terminal.fact(
      'reviews',
      `${read.name}: ${read.training.length} to train on, ${read.test.length} to test on`,
    )
    return read
  }

  return {
    async taskOf({ task, reversed = false, derived = false }: Experiment) {
      if (task === 'reviews') {
        reviews ??= openReviews(flags.reviews ?? '')
        const read = await reviews
        return { task: reviewsTask(read, { reversed }), data: { name: read.name, target: 0 } }
      }
      series ??= openSeries()
      const read = derived ? withDerived(await series) : await series
      return {
        task: jenaTask(read, { protocol: flags.protocol, reversed }),
        data: { name: read.name, target: read.target },
      }
    },
  }
}
