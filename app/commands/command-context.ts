import type { Catalogs, CollectorInstance, LoadedConfig, SinkInstance } from '../config/catalogs.ts'
import type { KafkaStream } from '../../schemas/generated/config.ts'
import type { Stream } from '../../stream/stream.ts'
import type { FindingsStore } from '../../sinks/local/findings-store.ts'
import type { Ask } from '../init/questions.ts'
import type { OpenCollector } from '../open-collector.ts'
import type { OpenOpenSearch } from '../open-opensearch.ts'
import type { OpenTopics } from '../open-topics.ts'
import type { StartPipeline } from '../pipeline-contract.ts'
import type { Scrubber } from '../scrub.ts'
import type { BindableLogger } from '../telemetry.ts'
import type { Terminal } from '../terminal.ts'

/** 0 done, 1 failed, 2 wrong usage or configuration, 3 stopped by its deadline with work cut off. */
export type ExitCode = 0 | 1 | 2 | 3

/** What the process lends its commands. */
export interface CommandContext {
  readonly terminal: Terminal
  readonly scrubber: Scrubber
  /** Reads and checks a configuration; from then on its secrets are known and never printed. */
  readonly load: (file: string) => Promise<LoadedConfig>
  /** All that a configuration may name. */
  readonly catalogs: () => Promise<Catalogs>
  readonly log: () => BindableLogger
  readonly startPipeline: StartPipeline
  readonly openFindings: (sink: SinkInstance) => Promise<FindingsStore>
  /** For reading, beside a pipeline that may be running. */
  readonly openStream: (stream: LoadedConfig['stream']) => Promise<Stream & AsyncDisposable>
  /** One collector, to be run by hand beside a pipeline that may be running; what it logs goes where the pipeline's log goes. */
  readonly openCollector: (
    config: LoadedConfig,
    collector: CollectorInstance,
    options: { readonly log: BindableLogger; readonly signal: AbortSignal },
  ) => Promise<OpenCollector>
  /** The topics of a stream on Kafka. */
  readonly openTopics: (stream: KafkaStream) => Promise<OpenTopics>
  /** What a sink of OpenSearch needs on its cluster. */
  readonly openOpenSearch: (sink: SinkInstance, signal: AbortSignal) => Promise<OpenOpenSearch>
  /** For asking the person; undefined where there is no terminal to ask at. */
  readonly questions?: (() => Promise<Ask>) | undefined
  /** Aborted when the process is asked to end (SIGINT, SIGTERM, SIGHUP); a second request ends it at once. */
  readonly interrupt: () => AbortSignal
}
