import { readFileSync } from 'node:fs'

/** The package's, wherever this module was loaded from. */
export function packageVersion(): string {
  for (const path of ['../../package.json', '../../../package.json']) {
    try {
      return JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')).version
    } catch {
      // from dist/ the package lies one folder further up
    }
  }
  return 'unknown'
}
