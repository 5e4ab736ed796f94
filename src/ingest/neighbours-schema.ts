import { z } from 'zod'
import { parseSpan } from '../domain/instant.ts'
import { NEIGHBOUR_SILENCE } from '../domain/neighbour.ts'
import { MOST_NEIGHBOURS } from '../protocol/neighbour.ts'
import { STATION_ID } from '../protocol/topics.ts'

const NEIGHBOURS = 'auto, or a list of stations by their ids'
const ID = 'the id of a station: lower-case letters, digits, - and _, at most 64'
const DELAY = 'a span such as 20m, at most 3h: what is older is not learnt from'

/** Keys of a neighbour in a station file. */
export const neighbourShape = {
  station: z.string(ID).regex(STATION_ID, ID),
  /** Of `--neighbour FILE`: how long after it was measured a reading is known. */
  delay: z
    .string(DELAY)
    .refine((span) => (parseSpan(span) ?? Number.POSITIVE_INFINITY) <= NEIGHBOUR_SILENCE, DELAY)
    .optional(),
}

const neighbour = z.union(
  [
    neighbourShape.station.transform((station) => ({ station, delay: undefined })),
    z.strictObject(neighbourShape, 'a neighbour: station, its id, and delay'),
  ],
  `${ID}; or station and delay`,
)

export const neighboursRule = z.union(
  [
    z.literal('auto'),
    z
      .array(neighbour, NEIGHBOURS)
      .min(1, 'at least one station')
      .max(MOST_NEIGHBOURS, `at most ${MOST_NEIGHBOURS} stations`)
      .refine((given) => new Set(given.map(({ station }) => station)).size === given.length, 'each once'),
  ],
  `${NEIGHBOURS}, each once, at most ${MOST_NEIGHBOURS}`,
)
