import { unescapePointer } from './places.ts'

/** Puts what `change` makes of it in the place of the value at a pointer below `root`; nothing where there is none. */
export function replaceAt(root: unknown, pointer: string, change: (value: unknown) => unknown): void {
  const parts = partsOf(pointer)
  const key = parts.pop()
  const parent = parts.reduce<unknown>(memberOf, root)
  if (key === undefined || typeof parent !== 'object' || parent === null || !Object.hasOwn(parent, key)) return
  const members = parent as Record<string, unknown>
  members[key] = change(members[key])
}

function partsOf(pointer: string): string[] {
  return pointer.split('/').slice(1).map(unescapePointer)
}

function memberOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
  return (value as Record<string, unknown>)[key]
}
