/** A file of findings, named by the time at which it was begun, so that names sort by time. */
const NAME = /^findings-(\d{4}-\d\d-\d\dT)(\d\d)-(\d\d)-(\d\d\.\d{3}Z)\.ndjson(\.gz(?:\.tmp)?)?$/

/** What a directory of findings holds, by name without `.gz`. */
export interface Inventory {
  /** Not compressed: the current file and those whose turn has not come yet. */
  readonly plain: string[]
  readonly compressed: string[]
  /** Left by a compression that was cut off. */
  readonly unfinished: string[]
}

export function takeInventory(names: readonly string[]): Inventory {
  const inventory: Inventory = { plain: [], compressed: [], unfinished: [] }
  for (const name of names.toSorted()) {
    const match = NAME.exec(name)
    if (!match) continue
    if (match[5] === undefined) inventory.plain.push(name)
    else if (match[5] === '.gz') inventory.compressed.push(name.slice(0, -'.gz'.length))
    else inventory.unfinished.push(name.slice(0, -'.gz.tmp'.length))
  }
  return inventory
}

/** A name that sorts after all others, also where the clock went back. */
export function nextName(now: number, names: readonly string[]): string {
  const newest = names.reduce((latest, name) => Math.max(latest, begunAt(name)), 0)
  const time = new Date(Math.max(now, newest + 1)).toISOString()
  return `findings-${time.replaceAll(':', '-')}.ndjson`
}

/** When the file was begun, in milliseconds since the epoch; 0 where the name does not say. */
export function begunAt(name: string): number {
  const match = NAME.exec(name)
  return match ? Date.parse(`${match[1]}${match[2]}:${match[3]}:${match[4]}`) || 0 : 0
}
