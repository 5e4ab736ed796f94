import { DefaultSerializer, Deserializer } from 'node:v8'

/*
 * What `serialize` of `node:v8` writes, into memory that is there already. Nearly all bytes of a state are those of
 * large arrays, and memory that was never touched costs many times what copying them does.
 */

/** A value as it is written: all of it but the bytes of its arrays, which still lie where they are. */
export interface SerialLayout {
  /** Of the whole. */
  readonly bytes: number
  /** What `serialize` gives, written into the beginning of `into`: of now, so to be called before anything changes. */
  copyTo<B extends ArrayBufferLike>(into: Uint8Array<B>): Uint8Array<B>
}

/** Leaves the bytes of arrays out. */
class WithoutArrays extends DefaultSerializer {
  readonly arrays: Uint8Array[] = []

  override writeRawBytes(bytes: Uint8Array): void {
    this.arrays.push(bytes)
  }
}

/** Reads what was written so, for the places where bytes were left out. */
class Places extends Deserializer {
  readonly found: number[] = []
  readonly #start: number

  constructor(written: Uint8Array) {
    super(written)
    this.#start = written.byteOffset
  }

  /** Called by the base class for each array: its type and its length come ahead of its bytes. */
  _readHostObject(): object {
    this.readUint32()
    this.readUint32()
    this.found.push(this.readRawBytes(0).byteOffset - this.#start)
    return {}
  }
}

export function serialLayout(value: unknown): SerialLayout {
  const serializer = new WithoutArrays()
  serializer.writeHeader()
  serializer.writeValue(value)
  const head = serializer.releaseBuffer()
  const { arrays } = serializer
  return {
    bytes: arrays.reduce((sum, { length }) => sum + length, head.length),
    copyTo(into) {
      let from = 0
      let at = 0
      const copy = (bytes: Uint8Array): void => {
        into.set(bytes, at)
        at += bytes.length
      }
      for (const [index, place] of placesIn(head).entries()) {
        copy(head.subarray(from, place))
        copy(arrays[index]!)
        from = place
      }
      copy(head.subarray(from))
      return into.subarray(0, at)
    },
  }
}

function placesIn(head: Uint8Array): readonly number[] {
  const places = new Places(head)
  places.readHeader()
  places.readValue()
  return places.found
}
