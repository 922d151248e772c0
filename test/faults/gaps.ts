/** A time in which nothing was written to a partition, in milliseconds since the epoch. */
export interface Gap {
  readonly partition: number
  readonly from: number
  readonly until: number
}

/** When records were written, by partition. */
export class WriteTimes {
  readonly #times = new Map<number, number[]>()

  add(partition: number, time: number): void {
    const times = this.#times.get(partition)
    if (times === undefined) this.#times.set(partition, [time])
    else if (times.at(-1) !== time) times.push(time)
  }

  /**
   * The longest time without a record on one partition, of all times that ended after `from` and up to `until`; what lies
   * outside of `flow`, in which there was something to write, does not count.
   */
  longest(flow: { from: number; until: number }, { from, until } = flow): Gap | undefined {
    const gaps = [...this.#times].flatMap(([partition, times]) => [...gapsOf(partition, times, flow)])
    const within = gaps.filter((gap) => gap.until > from && gap.until <= until)
    return within.reduce<Gap | undefined>(
      (one, other) => (one && lengthOf(one) >= lengthOf(other) ? one : other),
      undefined,
    )
  }
}

export function lengthOf({ from, until }: Gap): number {
  return until - from
}

function* gapsOf(partition: number, times: readonly number[], flow: { from: number; until: number }): Generator<Gap> {
  let before = flow.from
  // A batch that is written again keeps its time, so that times can go back.
  for (const time of times.toSorted((one, other) => one - other)) {
    if (time <= before) continue
    if (time >= flow.until) break
    yield { partition, from: before, until: time }
    before = time
  }
  yield { partition, from: before, until: flow.until }
}
