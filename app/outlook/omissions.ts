import type { LoadedConfig } from '../config/catalogs.ts'

/** What somebody might expect of this configuration and will not get, each with what would bring it. */
export function omissionsOf({ collectors, sinks, stream }: LoadedConfig): readonly string[] {
  const gives = (what: string): boolean =>
    collectors.some(({ definition }) => (definition.gives ?? 'findings') === what)
  const has = (name: string): boolean => sinks.some(({ definition }) => definition.name === name)
  return [
    ...(gives('findings') ? [] : ['It reads no findings: no collector does.']),
    ...(sinks.length > 0 ? [] : ['Nobody is told: there is no sink.']),
    ...(has('local')
      ? []
      : ['posture-stream findings and explain have nothing to read: they need a sink of type local.']),
    ...(gives('assets')
      ? []
      : [
          'It proves no exposure: no inventory is read, so what the source says of it counts as possible. See aws-inventory and asset-file.',
        ]),
    ...(gives('intelligence')
      ? []
      : ['It knows no more of CVEs than their source says: no collector of type intel is there.']),
    ...(stream.type === 'kafka' ? [] : ['A second machine cannot take over: that needs a stream of type kafka.']),
    'It changes nothing at its sources, and nothing is deleted from destinations.',
  ]
}
