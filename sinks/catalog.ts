import { file } from './file/file.ts'
import { local } from './local/local.ts'
import type { SinkDefinition } from './sink.ts'

/** Every sink that a configuration can name, in the order of the documentation. */
export const sinks: readonly SinkDefinition[] = [local, file]
