import { victoriaLogsProgram } from './program.ts'

/** Why there can be no VictoriaLogs here; undefined: there can. Throws where VICTORIA_LOGS_REQUIRED forbids to have none. */
export function whyNoVictoriaLogs(
  environment: NodeJS.ProcessEnv = process.env,
  program: { missing(): string[] } = victoriaLogsProgram,
): string | undefined {
  const missing = program.missing()
  if (missing.length === 0) return undefined
  const why = `no VictoriaLogs: ${missing.join('; ')}`
  if ((environment['VICTORIA_LOGS_REQUIRED'] ?? '') !== '') throw new Error(why)
  return why
}
