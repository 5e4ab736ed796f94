import { bandAt, gainAt, type Operations, SIDE } from './operations.ts'

/** In plain loops: where no WebAssembly runs, and what its operations are held against. */
export const plainOperations: Operations = {
  arrays(lengths) {
    const arrays = { ...lengths } as Record<string, unknown>
    for (const name in lengths) arrays[name] = new Float64Array(lengths[name])
    return arrays as ReturnType<Operations['arrays']>
  },

  symv(matrix, x, into) {
    into.fill(0)
    eachRow(x.length, ({ row, diagonal, start }) => {
      let sum = 0
      for (let column = 0; column < diagonal; column++) {
        const value = matrix[start + column]!
        sum += value * x[column]!
        into[column]! += value * x[row]!
      }
      for (let column = diagonal; column < diagonal + SIDE; column++)
        sum += matrix[start + column]! * x[column]!
      into[row]! += sum
    })
  },

  downdate(matrix, { panels, scaled, projections: { length }, count }) {
    eachRow(panels.length / length, ({ row, diagonal, start }) => {
      for (let column = 0; column < diagonal + SIDE; column++) {
        let sum = 0
        for (let gain = 0; gain < count; gain++)
          sum += scaled[gainAt(row, gain, length)]! * panels[gainAt(column, gain, length)]!
        matrix[start + column]! -= sum
      }
    })
  },

  lowRankCorrection({ panels, scaled, projections, count }, x, into) {
    for (let gain = 0; gain < count; gain++) {
      let sum = 0
      for (let column = 0; column < x.length; column++)
        sum += scaled[gainAt(column, gain, projections.length)]! * x[column]!
      for (let column = 0; column < x.length; column++)
        into[column]! -= sum * panels[gainAt(column, gain, projections.length)]!
    }
  },

  gemv(weights, row, into) {
    into.fill(0)
    for (let column = 0, place = 0; column < row.length; column++) {
      const value = row[column]!
      for (let output = 0; output < into.length; output++) into[output]! += value * weights[place++]!
    }
  },

  ger(weights, gain, innovations) {
    for (let column = 0, place = 0; column < gain.length; column++) {
      const by = gain[column]!
      for (let output = 0; output < innovations.length; output++)
        weights[place++]! += by * innovations[output]!
    }
  },
}

/** Each row, with where it starts and where the band's diagonal block does. */
function eachRow(
  size: number,
  work: (place: { readonly row: number; readonly diagonal: number; readonly start: number }) => void,
): void {
  for (let row = 0; row < size; row++) {
    const diagonal = row - (row % SIDE)
    work({ row, diagonal, start: bandAt(diagonal) + (row - diagonal) * (diagonal + SIDE) })
  }
}
