/**
 * Writes what a pass of the kernel works on to where it will read it: 32 bits a field, 0 where one is
 * left out. Gives a view of it there.
 */
export function writeFields<Name extends string>(
  { buffer }: Float32Array,
  at: number,
  names: readonly Name[],
  fields: Readonly<Partial<Record<Name, number>>>,
): Uint32Array {
  const words = new Uint32Array(buffer, at, names.length)
  for (let index = 0; index < names.length; index++) words[index] = fields[names[index]!] ?? 0
  return words
}
