import { azuriteProgram, NoRegistryError } from './azurite-program.ts'

/**
 * Brings Azurite, and says why there can be none here; undefined: there can. Throws where AZURITE_REQUIRED forbids to have
 * none, and where it could not be brought though the registry answers.
 */
export async function whyNoAzurite(
  environment: NodeJS.ProcessEnv = process.env,
  program: { bring(): Promise<void> } = azuriteProgram,
): Promise<string | undefined> {
  try {
    await program.bring()
    return undefined
  } catch (error) {
    if (!(error instanceof NoRegistryError)) throw error
    const why = `no Azurite: ${error.message}`
    if ((environment['AZURITE_REQUIRED'] ?? '') !== '') throw new Error(why, { cause: error })
    return why
  }
}
