/*
 * Student's t distribution, by the regularised incomplete beta function as a continued fraction (Lentz's way; Press et
 * al., Numerical Recipes, 6.4): good to some 1e-12 for the degrees of freedom of a test, 1 and more.
 */

/** How often a t at least that far from zero comes by luck alone, on either side. */
export function twoSided(t: number, degrees: number): number {
  if (Number.isNaN(t)) return Number.NaN
  return Math.min(1, incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5))
}

/** Worked out once: by share and degrees. */
const critical = new Map<string, number>()

/** The t that luck alone leaves behind, on either side, in `share` of all cases. */
export function criticalT(share: number, degrees: number): number {
  const key = `${share}/${degrees}`
  const known = critical.get(key) ?? searchedT(share, degrees)
  critical.set(key, known)
  return known
}

function searchedT(share: number, degrees: number): number {
  let [low, high] = [0, 1]
  while (twoSided(high, degrees) > share) high *= 2
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2
    if (twoSided(middle, degrees) > share) low = middle
    else high = middle
  }
  return (low + high) / 2
}

const MOST_TERMS = 500
const ENOUGH = 1e-15
const TINY = 1e-300

function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x))
  // On this side of the mean the fraction converges at once.
  return x < (a + 1) / (a + b + 2) ? (front * fraction(x, a, b)) / a : 1 - (front * fraction(1 - x, b, a)) / b
}

function fraction(x: number, a: number, b: number): number {
  const kept = (value: number): number => (Math.abs(value) < TINY ? TINY : value)
  let c = 1
  let d = 1 / kept(1 - ((a + b) * x) / (a + 1))
  let sum = d
  for (let term = 1; term <= MOST_TERMS; term++) {
    const even = (term * (b - term) * x) / ((a + 2 * term - 1) * (a + 2 * term))
    d = 1 / kept(1 + even * d)
    c = kept(1 + even / c)
    sum *= d * c
    const odd = (-(a + term) * (a + b + term) * x) / ((a + 2 * term) * (a + 2 * term + 1))
    d = 1 / kept(1 + odd * d)
    c = kept(1 + odd / c)
    sum *= d * c
    if (Math.abs(d * c - 1) < ENOUGH) break
  }
  return sum
}

/** Lanczos's approximation with g = 7 and nine terms. */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
] as const

function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.abs(Math.sin(Math.PI * x))) - logGamma(1 - x)
  const base = x + 6.5
  const sum = LANCZOS.reduce((sum, term, index) => sum + (index === 0 ? term : term / (x - 1 + index)), 0)
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(base) - base + Math.log(sum)
}
