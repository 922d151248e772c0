import type { CollectorDefinition } from '../collector.ts'
import { intelErrors } from './error-notes.ts'
import { configSchema } from './config.ts'

const ACCESS = `
Nobody has to grant anything for the lists of FIRST and CISA: they are public, without a key. What has to be open is the way
there, by HTTPS: to \`epss.empiricalsecurity.com\` (which FIRST's data page links) and \`www.cisa.gov\`, from the process that
runs the collectors, directly or through \`proxy\`. CISA refuses the networks of several clouds (status 403): then name a
mirror (CISA keeps one, \`cisagov/kev-data\` on GitHub) or a file.

Of a file, the user that runs the pipeline reads it and enters its directories. Whoever replaces it writes another one
beside it and renames it.
`

/** Reads what is known about CVEs everywhere: EPSS and KEV. */
export const intel: CollectorDefinition<typeof configSchema> = {
  name: 'intel',
  summary: "Reads FIRST's EPSS and CISA's KEV, the public lists of which CVEs are exploited, or likely to be",
  configSchema,
  gives: 'intelligence',
  access: ACCESS,
  limits: [
    'A list has at most maxBytes; one that is cut, older than the one in use or much smaller is refused.',
    'An EPSS score counts where it crosses a threshold of the priority tables; other changes emit nothing.',
  ],
  errors: intelErrors,
  create: async (config, context) => new (await import('./intel-collector.ts')).IntelCollector(config, context),
}
