import { InvalidArgumentError, Option } from 'commander'
import { suggestion } from '../config/nearest.ts'

/** The configuration file; every command that needs one takes it the same way. */
export function configOption(): Option {
  return new Option('-c, --config <file>', 'configuration file').env('POSTURE_CONFIG').makeOptionMandatory()
}

/** Reads `a,b` as a list in which only these words may stand, each once. */
export function listOf<const Word extends string>(words: readonly Word[]): (text: string) => readonly Word[] {
  return (text) => {
    const given = text.split(',').map((word) => word.trim())
    const unknown = given.find((word) => !(words as readonly string[]).includes(word))
    if (unknown !== undefined)
      throw new InvalidArgumentError(
        unknown === ''
          ? `Write ${words.join(',')}, or some of these.`
          : `No such word: ${unknown}; ${suggestion(unknown, words)}`,
      )
    return [...new Set(given as Word[])]
  }
}

/** Reads a whole number from `least` on. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least)
      throw new InvalidArgumentError(`Write a whole number from ${least}.`)
    return value
  }
}
