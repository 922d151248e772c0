import type { TObject, TSchema } from 'typebox'
import type { CollectorDefinition } from '../../collectors/collector.ts'
import type { CollectorSettings } from '../../collectors/settings.ts'
import type { Secret } from '../../core/secret.ts'
import type { Admin, EmbeddedStream, KafkaStream, Tracing } from '../../schemas/generated/config.ts'
import type { SinkSettings } from '../../sinks/settings.ts'
import type { SinkDefinition } from '../../sinks/sink.ts'

/** What may stand in a configuration: every component that can be named, and the settings of the stages. */
export interface Catalogs {
  readonly collectors: readonly CollectorDefinition[]
  readonly sinks: readonly SinkDefinition[]
  /** Of the section `enrichment`. */
  readonly enrichment: TSchema
  /** What every collector takes beside its own settings. */
  readonly everyCollector: TObject
  /** What every sink takes beside its own settings. */
  readonly everySink: TObject
}

/** A component as it was configured; `config` has passed the definition's schema, with defaults filled in. */
export interface Instance<Definition> {
  /** Its key in the configuration. */
  readonly name: string
  readonly definition: Definition
  readonly config: unknown
}

export interface CollectorInstance extends Instance<CollectorDefinition> {
  readonly settings: CollectorSettings
}

export interface SinkInstance extends Instance<SinkDefinition>, SinkSettings {}

/** A configuration without a mistake: secrets are Secrets, paths absolute, references replaced, defaults filled in. */
export interface LoadedConfig {
  /** The configuration file, absolute. */
  readonly file: string
  readonly tenant: string
  readonly stream: EmbeddedStream | KafkaStream
  readonly collectors: readonly CollectorInstance[]
  readonly enrichment: unknown
  readonly sinks: readonly SinkInstance[]
  /** Where the process answers about itself; absent where it does not. */
  readonly admin?: Required<Admin>
  /** Where traces are sent; absent where there are none. */
  readonly tracing?: Required<Tracing>
  /** Every secret in it, so that none is ever printed. */
  readonly secrets: readonly Secret[]
}
