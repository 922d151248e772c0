import { GoSources } from '../go-sources.ts'

/** The Go program in this folder. It takes four minutes to build on a machine that has built nothing yet. */
export const pubsubProgram = new GoSources(import.meta.dirname)

/** Why there can be no Pub/Sub here; undefined: there can. Throws where PUBSUB_REQUIRED forbids to have none. */
export function whyNoPubsub(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  if (pubsubProgram.isThere(environment)) return undefined
  const why = 'the Pub/Sub of the tests is built by Go (no go in PATH)'
  if ((environment['PUBSUB_REQUIRED'] ?? '') !== '') throw new Error(why)
  return why
}
