import type { Readable, Writable } from 'node:stream'
import { cancel, intro, isCancel, multiselect, text } from '@clack/prompts'
import type { Choices } from './choices.ts'
import { regionsIn, wordsIn } from './words.ts'

/** What was told already and is not asked; a list that is there was told, also when it is empty. */
export type Told = Partial<Choices>

/** What is taken where a question is answered with nothing. */
export interface Usual {
  readonly tenant: string
  readonly reports: string
}

/** Asks what was not told, at most five questions. Undefined when the person breaks off. */
export type Ask = (told: Told, usual: Usual) => Promise<Choices | undefined>

export interface Streams {
  readonly input: Readable
  readonly output: Writable
}

const DESTINATIONS = [
  { value: 'archive', label: 'files', hint: 'every change, a line of JSON each' },
  { value: 'opensearch', label: 'OpenSearch' },
  { value: 'splunk', label: 'Splunk' },
  { value: 'toSecurityHub', label: 'AWS Security Hub' },
] as const

/** Asks on a terminal. */
export function askOn(streams: Streams): Ask {
  return async (told, usual) => {
    intro('A first configuration. Enter takes what is shown.', streams)
    try {
      return await ask(told, usual, new Questions(streams))
    } catch (error) {
      if (!(error instanceof BrokenOff)) throw error
      cancel('Nothing was written.', streams)
      return undefined
    }
  }
}

async function ask(told: Told, usual: Usual, questions: Questions): Promise<Choices> {
  const tenant =
    told.tenant ??
    (await questions.text(
      'Whose findings are these? It becomes part of their keys, so it cannot change.',
      usual.tenant,
    ))
  const sourceTold = told.reports !== undefined || told.regions !== undefined
  const reports =
    told.reports ??
    (sourceTold ? [] : wordsIn(await questions.text("Where are your scanner's reports? - for none.", usual.reports)))
  const regions =
    told.regions ??
    (sourceTold
      ? []
      : regionsIn(await questions.text('Which regions of AWS Security Hub are to be read? - for none.', '-')))
  const brokers =
    told.brokers ?? wordsIn(await questions.text('Kafka brokers, host:port? - for one machine without Kafka.', '-'))
  return { ...(await destinations(told, questions)), tenant, reports, regions, brokers }
}

type Destinations = Pick<Choices, 'archive' | 'opensearch' | 'splunk' | 'toSecurityHub'>

async function destinations({ archive, ...told }: Told, questions: Questions): Promise<Destinations> {
  const { opensearch, splunk, toSecurityHub } = told
  if (archive ?? opensearch ?? splunk ?? toSecurityHub)
    return {
      archive: archive ?? false,
      ...(opensearch === undefined ? {} : { opensearch }),
      ...(splunk === undefined ? {} : { splunk }),
      ...(toSecurityHub === undefined ? {} : { toSecurityHub }),
    }
  const chosen = await questions.several('Where are findings to go, beside the list on this machine?')
  return {
    archive: chosen.includes('archive'),
    ...(chosen.includes('opensearch') ? { opensearch: true } : {}),
    ...(chosen.includes('splunk') ? { splunk: true } : {}),
    ...(chosen.includes('toSecurityHub') ? { toSecurityHub: true } : {}),
  }
}

class BrokenOff extends Error {}

class Questions {
  readonly #streams: Streams

  constructor(streams: Streams) {
    this.#streams = streams
  }

  async text(message: string, usual: string): Promise<string> {
    return answered(await text({ message, placeholder: usual, defaultValue: usual, ...this.#streams }))
  }

  async several(message: string): Promise<readonly string[]> {
    const options = [...DESTINATIONS]
    return answered(await multiselect<string>({ message, options, required: false, ...this.#streams }))
  }
}

function answered<T>(answer: T): Exclude<T, symbol> {
  if (isCancel(answer)) throw new BrokenOff('broken off')
  return answer as Exclude<T, symbol>
}
