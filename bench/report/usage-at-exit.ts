import { writeFileSync } from 'node:fs'

/** What a process has used when it ends. */
export interface Usage {
  readonly peakRssBytes: number
  readonly cpuSeconds: number
}

const KIB = 1024
const MICROSECONDS = 1e6

// Imported into the process that is measured, before the command: it is the real one, and tells at its end.
const { POSTURE_USAGE_FILE: file } = process.env
if (file !== undefined)
  process.on('exit', () => {
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
    const usage: Usage = { peakRssBytes: maxRSS * KIB, cpuSeconds: (userCPUTime + systemCPUTime) / MICROSECONDS }
    writeFileSync(file, JSON.stringify(usage))
  })
