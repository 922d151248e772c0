import type { Fields } from '../../records/fields.ts'

const FINDING_ID = /\/findings\/([^/\s]+)/
const PROJECT = /(?:^|\/)projects\/([^/\s:]+)/
const CONTAINER = /(?:^|\/)((?:folders|organizations)\/[^/\s]+)/
const ORGANIZATION = /(?:^|\/)organizations\/([^/\s]+)/

/**
 * The id of a finding within its source. It is the last part of each of a finding's names: these begin with the project,
 * folder or organisation that was asked, and v2 names a location before it.
 */
export function findingId(finding: Fields): string | undefined {
  const names = [finding.text('canonicalName'), finding.text('name')]
  return firstMatch(FINDING_ID, names)
}

/** The id that is meant by `//cloudresourcemanager.googleapis.com/projects/42`, `projects/42` or `42`. */
export function lastPart(name: string | undefined): string | undefined {
  return name?.split('/').findLast((part) => part !== '')
}

/**
 * Of the projects that these names name the first one's number; the first one's id where none has a number. A number is
 * never given again, and both versions of the API have it, in the canonical name as in the resource.
 */
export function projectIn(names: readonly (string | undefined)[]): string | undefined {
  const projects = names.flatMap((each) => PROJECT.exec(each ?? '')?.[1] ?? [])
  return projects.find((each) => /^\d+$/.test(each)) ?? projects[0]
}

/** The first folder or organisation that one of these names begins with, as `folders/9`. */
export function containerIn(names: readonly (string | undefined)[]): string | undefined {
  return firstMatch(CONTAINER, names)
}

/** The id of the first organisation that these names name. */
export function organizationIn(names: readonly (string | undefined)[]): string | undefined {
  return firstMatch(ORGANIZATION, names)
}

function firstMatch(pattern: RegExp, names: readonly (string | undefined)[]): string | undefined {
  for (const name of names) {
    const found = pattern.exec(name ?? '')?.[1]
    if (found !== undefined) return found
  }
  return undefined
}
