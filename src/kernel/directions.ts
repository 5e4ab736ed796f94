/** How the states of a layer's two directions lie: steps of a sample (1 where only the last is given), units of each. */
export interface Extent {
  readonly steps: number
  readonly units: number
}

/**
 * The outputs of both directions side by side: from shapes [sample][step][unit] of the same size each to one of twice the
 * units. Steps of `back` are in its own order, the last first.
 */
export function joinDirections(ahead: Float32Array, back: Float32Array, extent: Extent): Float32Array {
  const { units } = extent
  const joined = new Float32Array(2 * ahead.length)
  eachRow(ahead.length / units, extent, (row, turned) => {
    for (let unit = 0; unit < units; unit++) {
      joined[2 * row * units + unit] = ahead[row * units + unit]!
      joined[(2 * row + 1) * units + unit] = back[turned * units + unit]!
    }
  })
  return joined
}

/** For the backward pass: each direction's part of what was joined. */
export function partDirections(joined: Float32Array, extent: Extent): [Float32Array, Float32Array] {
  const { units } = extent
  const half = joined.length / 2
  const [ahead, back] = [new Float32Array(half), new Float32Array(half)]
  eachRow(half / units, extent, (row, turned) => {
    for (let unit = 0; unit < units; unit++) {
      ahead[row * units + unit] = joined[2 * row * units + unit]!
      back[turned * units + unit] = joined[(2 * row + 1) * units + unit]!
    }
  })
  return [ahead, back]
}

/** Every row's number, and that of the row in its place when each sample's steps are turned around. */
function eachRow(rows: number, { steps }: Extent, visit: (row: number, turned: number) => void): void {
  for (let row = 0; row < rows; row++) {
    visit(row, row + steps - 1 - 2 * (row % steps))
  }
}
