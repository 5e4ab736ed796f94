// A forecaster of one's own: half way between now and the same hour yesterday.
//   npx tickcast backtest --data FILE --expert examples/half-way.js
const HOUR = 3_600_000

export const name = 'half_way'

/** @type {(station: unknown) => import('tickcast/forecaster').Forecaster<{ day: Record<number, number> }>} */
export const create = ({ channels, target }) => {
  const column = channels.findIndex((channel) => channel.name === target)
  return {
    name,
    initial: () => ({ day: {} }), // plain data: it is kept with the station
    observe(state, { eventTime, values }) {
      if (!Number.isNaN(values[column])) state.day[Math.floor(eventTime / HOUR) % 24] = values[column]
    },
    predict: (state, { issuedAt, current }) =>
      Float64Array.from({ length: 24 }, (_, lead) => {
        const yesterday = state.day[(Math.floor(issuedAt / HOUR) + lead + 1) % 24] ?? current
        return (current + yesterday) / 2
      }),
  }
}
