import { join } from 'node:path'
import { GoProgram } from './go-program.ts'

const VERSION = 'v1.52.1'

/** VictoriaLogs itself; it takes 80 s to build, longer on a busy machine. */
export const victoriaLogsProgram = new GoProgram({
  module: 'github.com/VictoriaMetrics/VictoriaLogs/app/victoria-logs',
  version: VERSION,
  cache: join(import.meta.dirname, '../../../node_modules/.cache/victoria-logs', VERSION),
})
