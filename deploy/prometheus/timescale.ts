/** Writes spans of time for PromQL. `minute` says how many seconds a minute is: 60, unless a test is in a hurry. */
export class Timescale {
  readonly #minute: number

  constructor(minute = 60) {
    this.#minute = minute
  }

  /** As a range or an offset: `15m`. */
  span(minutes: number): string {
    const seconds = this.seconds(minutes)
    return seconds % 60 === 0 && seconds > 0 ? `${seconds / 60}m` : `${seconds}s`
  }

  /** As a number to compare seconds with. */
  seconds(minutes: number): number {
    return minutes * this.#minute
  }
}

/** In minutes. */
export const DAY = 24 * 60
