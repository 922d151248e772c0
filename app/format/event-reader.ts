/** Reads JSON of which nothing is certain: what is missing or of another type is empty. */
export class EventReader {
  readonly #value: unknown

  constructor(value: unknown) {
    this.#value = value
  }

  text(...path: readonly string[]): string {
    const value = this.value(...path)
    return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
  }

  number(...path: readonly string[]): number | undefined {
    const value = this.value(...path)
    return typeof value === 'number' ? value : undefined
  }

  list(...path: readonly string[]): EventReader[] {
    const value = this.value(...path)
    return Array.isArray(value) ? value.map((each) => new EventReader(each)) : []
  }

  /** The enrichment of this type in an event. */
  enrichment(type: string): EventReader | undefined {
    return this.list('enrichments').find((each) => each.text('type') === type)
  }

  strings(...path: readonly string[]): string[] {
    return this.list(...path)
      .map((each) => each.text())
      .filter((text) => text !== '')
  }

  /** Whatever stands there, as it is. */
  value(...path: readonly string[]): unknown {
    return path.reduce<unknown>(
      (value, key) =>
        typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined,
      this.#value,
    )
  }
}
