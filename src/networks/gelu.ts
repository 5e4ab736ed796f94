const CUBIC = 0.044715
const STEEPNESS = Math.sqrt(2 / Math.PI)

/** x times about the chance that a normal number is below x, by its tanh form (Hendrycks and Gimpel 2016). */
export function gelu(x: number): number {
  return 0.5 * x * (1 + Math.tanh(STEEPNESS * x * (1 + CUBIC * x * x)))
}

export function geluDerivative(x: number): number {
  const t = Math.tanh(STEEPNESS * x * (1 + CUBIC * x * x))
  return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * STEEPNESS * (1 + 3 * CUBIC * x * x)
}
