import { motoEnvironment } from './moto-environment.ts'
import { NotToBeHadError } from './python-environment.ts'

/**
 * Makes moto's Python, and says why there can be no moto here; undefined: there can. Throws where MOTO_REQUIRED forbids to
 * have none, and where the Python could not be made though all that it needs is there.
 */
export async function whyNoMoto(
  environment: NodeJS.ProcessEnv = process.env,
  python: { missing(): string[]; make(): Promise<void> } = motoEnvironment,
): Promise<string | undefined> {
  const missing = python.missing()
  if (missing.length === 0) {
    try {
      await python.make()
      return undefined
    } catch (error) {
      if (!(error instanceof NotToBeHadError)) throw error
      missing.push(error.message)
    }
  }
  const why = `no moto: ${missing.join('; ')}`
  if ((environment['MOTO_REQUIRED'] ?? '') !== '') throw new Error(why)
  return why
}
