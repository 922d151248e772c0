/** T where what may be undefined may be absent instead. */
export type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
}

/** The same object without the properties that are undefined. */
export function present<T extends object>(value: T): Present<T> {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as Present<T>
}

/** The same, or undefined where nothing is left. */
export function presentOrNone<T extends object>(value: T): Present<T> | undefined {
  const left = present(value)
  return Object.keys(left).length === 0 ? undefined : left
}
