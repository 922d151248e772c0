import { bareKafkajs } from './bare-kafkajs.ts'
import type { Task } from './task.ts'
import { fill, throughPort } from './through-port.ts'

// One measurement in a process of its own: nothing is warm, or in the heap, from another one.
const [what, json] = process.argv.slice(2) as ['fill' | 'measure', string]
const task = JSON.parse(json) as Task
if (what === 'fill') await fill(task)
else console.log(JSON.stringify(task.subject === 'bare kafkajs' ? await bareKafkajs(task) : await throughPort(task)))
