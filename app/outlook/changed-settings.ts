import { dirname, isAbsolute, relative } from 'node:path'
import { Secret } from '../../core/secret.ts'
import type { SettingSchema } from '../config/settings-of.ts'

/** A setting as it was written, for a person. */
export interface ChangedSetting {
  readonly name: string
  readonly value: string
}

/** The settings that are not as they are unless told. Secrets are masked; paths are shown as from the configuration file. */
export function changedSettings(config: unknown, schema: object, file: string): readonly ChangedSetting[] {
  const { properties = {} } = schema as SettingSchema
  return Object.entries(config as Readonly<Record<string, unknown>>)
    .filter(([name, value]) => value !== undefined && !isUsual(value, properties[name]))
    .map(([name, value]) => ({ name, value: words(value, dirname(file)) }))
}

function isUsual(value: unknown, schema: SettingSchema | undefined): boolean {
  if (schema === undefined) return false
  if (schema.default !== undefined && JSON.stringify(value) === JSON.stringify(schema.default)) return true
  const isSection = typeof value === 'object' && value !== null && !Array.isArray(value)
  if (!isSection || schema.properties === undefined || schema.default === undefined) return false
  return Object.entries(value).every(([name, part]) => isUsual(part, schema.properties?.[name]))
}

/** Secrets say of themselves that they are some. */
function words(value: unknown, directory: string): string {
  if (Array.isArray(value)) return value.map((each) => words(each, directory)).join(', ')
  if (typeof value === 'string') return pathWords(value, directory)
  if (typeof value !== 'object' || value === null || value instanceof Secret) return String(value)
  const parts = Object.entries(value).map(([name, part]) => `${name} ${words(part, directory)}`)
  return parts.length === 0 ? 'as usual' : parts.join(', ')
}

function pathWords(text: string, directory: string): string {
  if (!isAbsolute(text)) return text
  const near = relative(directory, text)
  return near.startsWith('..') ? text : near || '.'
}
