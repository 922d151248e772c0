import { readFileSync } from 'node:fs'
import { PermanentError } from './errors.ts'

/**
 * The PEM text that a setting names: the text itself, or what its file holds now. `setting` is what the operator knows it
 * by, such as `stream.tls.ca`. Throws a PermanentError (`TLS_FILE`) when the file cannot be read or is no PEM.
 */
export function readPem(setting: string, fileOrPem: string): string {
  if (fileOrPem.includes('-----BEGIN ')) return fileOrPem
  try {
    const text = readFileSync(fileOrPem, 'utf8')
    if (text.includes('-----BEGIN ')) return text
  } catch (cause) {
    throw new PermanentError(
      'TLS_FILE',
      `${setting}: cannot read ${fileOrPem}; check the path and that this user may read it`,
      { cause },
    )
  }
  throw new PermanentError('TLS_FILE', `${setting}: ${fileOrPem} is no PEM file (-----BEGIN …)`)
}
