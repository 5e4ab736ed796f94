import { existsSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs'

/** Where a file that was asked for is written, so that it is there whole or not at all. */
export interface OutputFile {
  /** What is to be opened: a part beside it, or what is there itself where it is no file, as a pipe or a device. */
  readonly path: string
  /** Once all of it is written: gives the part its name. */
  finish(): void
  /** Leaves no part behind. */
  abandon(): void
}

/** Throws where it is not known what is there. A link stays one, and leads to what was written. */
export function outputFile(asked: string): OutputFile {
  const place = existsSync(asked) ? realpathSync(asked) : asked
  if (existsSync(place) && !statSync(place).isFile())
    return { path: place, finish: () => undefined, abandon: () => undefined }
  const path = `${place}.part`
  return {
    path,
    finish: () => renameSync(path, place),
    abandon: () => rmSync(path, { force: true }),
  }
}
