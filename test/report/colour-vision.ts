/** How a colour looks to people who lack one kind of cone (Machado, Oliveira & Fernandes 2009, severity 1), on linear sRGB. */
export const VISIONS = {
  usual: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protanopia: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deuteranopia: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritanopia: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
} as const
export type Vision = keyof typeof VISIONS

type Triple = readonly [number, number, number]

function times(matrix: readonly number[], [r, g, b]: Triple): Triple {
  const row = (at: number) => matrix[at]! * r + matrix[at + 1]! * g + matrix[at + 2]! * b
  return [row(0), row(3), row(6)]
}

/** Linear sRGB of `#rrggbb`. */
function linear(hex: string): Triple {
  const channel = (at: number): number => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  return [channel(1), channel(3), channel(5)]
}

const TO_XYZ = [
  0.4124564, 0.3575761, 0.1804375, 0.2126729, 0.7151522, 0.072175, 0.0193339, 0.119192, 0.9503041,
]

/** CIELAB under D65. */
function lab(rgb: Triple): Triple {
  const [x, y, z] = times(TO_XYZ, rgb)
  const root = (t: number) => (t > 216 / 24389 ? Math.cbrt(t) : ((24389 / 27) * t + 16) / 116)
  const [fx, fy, fz] = [root(x / 0.95047), root(y), root(z / 1.08883)]
  return [116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)]
}

/** How far two colours are apart to somebody, in CIELAB (CIE76): 2.3 is just noticeable side by side. */
export function distance(one: string, other: string, vision: Vision): number {
  const seen = (hex: string): Triple => {
    const [r, g, b] = times(VISIONS[vision], linear(hex))
    const clipped = (value: number) => Math.min(1, Math.max(0, value))
    return lab([clipped(r), clipped(g), clipped(b)])
  }
  const [a, b] = [seen(one), seen(other)]
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])
}

/** Contrast of two colours as WCAG 2 defines it, 1 to 21. */
export function contrast(one: string, other: string): number {
  const luminance = (hex: string) => times(TO_XYZ, linear(hex))[1]
  const [dark, bright] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (bright! + 0.05) / (dark! + 0.05)
}
