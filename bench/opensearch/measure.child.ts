import { readDocuments } from './documents.ts'
import { plainLoop } from './plain-loop.ts'
import type { Measured, Task } from './task.ts'
import { throughSink } from './through-sink.ts'

// One measurement in a process of its own: nothing is warm, or in the heap, from another one.
const [directory, json] = process.argv.slice(2) as [string, string]
const task = JSON.parse(json) as Task
const findings = readDocuments(directory, task.documents)
const run = task.subject === 'sink' ? throughSink : plainLoop
// The first tenth warms the code up, and is not counted.
await run(task, findings.slice(0, Math.ceil(findings.length / 10)))
const [cpu, began] = [process.cpuUsage(), performance.now()]
await run(task, findings)
const { user, system } = process.cpuUsage(cpu)
const measured: Measured = {
  documents: findings.length,
  seconds: (performance.now() - began) / 1000,
  cpuSeconds: (user + system) / 1e6,
}
console.log(JSON.stringify(measured))
