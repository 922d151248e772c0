import { Type } from 'typebox'
import { collectorSettings } from '../../collectors/settings.ts'
import type { Catalogs } from './catalogs.ts'

const nothing = (): never => {
  throw new Error('not made in these tests')
}

/** Components with every kind of setting, for tests of the loader. */
export const sampleCatalogs: Catalogs = {
  collectors: [
    {
      name: 'scanner-report',
      summary: 'Reads reports',
      configSchema: Type.Object({
        paths: Type.Array(Type.String({ path: true }), {
          minItems: 1,
          description: 'Files, folders and globs to read.',
          examples: [['reports/*.json']],
        }),
        format: Type.Optional(Type.Union([Type.Literal('prowler-ocsf'), Type.Literal('asff')])),
      }),
      create: nothing,
    },
  ],
  sinks: [
    {
      name: 'file',
      summary: 'Writes files',
      takes: 'every-revision',
      configSchema: Type.Object({
        directory: Type.String({
          path: true,
          minLength: 1,
          description: 'The folder to write to',
          examples: ['./out'],
        }),
        maxAge: Type.String({ pattern: '^[0-9]+[smhd]$', default: '1d', description: 'How old a file gets: 90s, 1d' }),
        maxBytes: Type.Integer({ minimum: 1, default: 1000 }),
      }),
      create: nothing,
    },
    {
      name: 'webhook',
      summary: 'Calls a URL',
      takes: 'every-revision',
      configSchema: Type.Object({
        url: Type.String(),
        token: Type.String({ secret: true }),
        port: Type.Optional(Type.Integer()),
        to: Type.Optional(Type.Union([Type.String(), Type.Array(Type.String({ minLength: 1 }))])),
        tls: Type.Optional(
          Type.Object({ caFile: Type.String({ path: 'input' }), verify: Type.Boolean({ default: true }) }),
        ),
      }),
      create: nothing,
    },
  ],
  enrichment: Type.Object(
    { refreshDays: Type.Integer({ default: 30, minimum: 1 }), directory: Type.Optional(Type.String({ path: true })) },
    { default: {} },
  ),
  everyCollector: collectorSettings,
  everySink: Type.Object({
    delivery: Type.Object({ batch: Type.Integer({ default: 500, maximum: 10_000 }) }, { default: {} }),
  }),
}
