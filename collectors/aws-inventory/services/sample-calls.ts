import { arnOf, type ArnPlace } from '../../../schemas/aws-arns.ts'
import { SchemaRegistry } from '../../../schemas/registry.ts'
import { awsClientOptions, type AwsClientOptions } from '../../aws/client-options.ts'
import type { Attempted, Calls, Described, Describer, SendOptions } from '../describer.ts'

const HERE: ArnPlace = { partition: 'aws', region: 'eu-west-1', account: '111122223333' }

type Answer = (input: Record<string, unknown>) => object | Error

/** Answers commands of the SDK by their names, as AWS would: a tests' stand-in for one account in one region. */
export class SampleCalls implements Calls {
  readonly partition = HERE.partition
  readonly region = HERE.region
  readonly account = HERE.account
  /** The actions that were called, in order. */
  readonly actions: string[] = []
  readonly #answers: Readonly<Record<string, Answer>>

  /** A command without an answer is answered with nothing. */
  constructor(answers: Readonly<Record<string, Answer>> = {}) {
    this.#answers = answers
  }

  arn(service: string, resource: string, elsewhere: Partial<ArnPlace> = {}): string {
    return arnOf({ ...HERE, ...elsewhere }, service, resource)
  }

  client<C extends { destroy(): void }>(_name: string, make: (options: AwsClientOptions) => C): C {
    const client = make(awsClientOptions({ region: this.region }))
    const send = async ({ constructor, input }: { constructor: { name: string }; input: Record<string, unknown> }) => {
      const answer = this.#answers[constructor.name]?.(input) ?? {}
      if (answer instanceof Error) throw answer
      return answer
    }
    return Object.assign(client, { send })
  }

  async send<T>(action: string, call: (options: SendOptions) => Promise<T>): Promise<T> {
    this.actions.push(action)
    return call({ abortSignal: new AbortController().signal })
  }

  async attempt<T>(
    action: string,
    call: (options: SendOptions) => Promise<T>,
    absent: readonly string[] = [],
  ): Promise<Attempted<T>> {
    try {
      return { value: await this.send(action, call) }
    } catch (error) {
      const { name, message } = error as Error
      if (absent.includes(name)) return { absent: name }
      if (name === 'AccessDenied') return { refused: `${action}: ${message}` }
      throw error
    }
  }
}

/** What a describer gives, with documents that the schema takes. */
export async function describedBy(describer: Describer | undefined, calls: Calls): Promise<Described[]> {
  const all: Described[] = []
  for await (const each of describer!.describe(calls)) all.push('document' in each ? { ...each, ...valid(each) } : each)
  return all
}

/** The same, its document as the schema takes it. Throws where it does not. */
export function valid<T extends Extract<Described, { uid: string }>>(asset: T): T {
  SCHEMAS.check('asset-document', asset.document)
  return asset
}

const SCHEMAS = new SchemaRegistry()

/** An error as the SDK throws it. */
export function thrown(name: string): Error {
  return Object.assign(new Error(`${name}, it said`), { name })
}
