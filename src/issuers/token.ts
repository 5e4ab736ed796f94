import { readFile } from 'node:fs/promises'
import { errorMessage } from '../domain/errors.ts'
import { IssuerError } from './issuer-error.ts'

const LARGEST = 8 * 1024

/** The bearer token that a file holds. It is read anew each time, so that a new one is taken without a restart. */
export async function tokenIn(file: string): Promise<string> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (cause) {
    throw new IssuerError('no_token', `token_file ${file} cannot be read: ${errorMessage(cause)}`, { cause })
  }
  return checked(text, `token_file ${file}`)
}

/** One of the environment, by its name; undefined where there is none. */
export function tokenFrom(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const text = env[name]?.trim()
  return text ? checked(text, name) : undefined
}

function checked(text: string, where: string): string {
  const token = text.trim()
  if (token !== '' && token.length <= LARGEST && /^[\x21-\x7e]+$/.test(token)) return token
  throw new IssuerError('no_token', `${where}: expected one token and nothing else`)
}
