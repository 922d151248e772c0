import { combined, valuesIn } from './bucket-truth.ts'
import type { Anonymous, Expectation } from './expectation.ts'
import { type Doors, doorsOf } from './policy-truth.ts'
import type { World } from './world.ts'

const EVERYTHING = JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }] })

/** What may be answered for a queue: by its policy alone. */
export function queueExpectation(world: World, uid: string): Expectation {
  const policy = world.find('AWS::SQS::Queue', uid)?.policy
  const read = policy === undefined ? undefined : doors(policy, uid)
  const worlds = read ? [read] : [doors(null, uid), doors(EVERYTHING, uid)]
  const expected = combined(
    worlds.flatMap((each) => (each ? [{ values: valuesIn(Object.values(each)), anonymous: anonymousIn(each) }] : [])),
  )
  // What a policy variable stands for in a request of a service, AWS does not say of every key.
  return policy?.includes('${') ? { values: [...expected.values, 'unknown'] } : expected
}

interface QueueDoors {
  readonly read: Doors
  readonly write: Doors
}

function doors(policy: string | null, resource: string): QueueDoors | undefined {
  const read = doorsOf(policy, [{ action: 'sqs:ReceiveMessage', resource }])
  const write = doorsOf(policy, [
    { action: 'sqs:SendMessage', resource },
    { action: 'sqs:DeleteMessage', resource },
    { action: 'sqs:PurgeQueue', resource },
  ])
  return read && write ? { read, write } : undefined
}

function anonymousIn({ read, write }: QueueDoors): readonly Anonymous[] {
  if (write.anonymous === 'anyone') return ['write']
  if (read.anonymous === 'anyone') return write.anonymous === 'some' ? ['read', 'write'] : ['read']
  if (write.anonymous === 'some') return ['write', 'read', 'no']
  return read.anonymous === 'some' ? ['read', 'no'] : ['no']
}
