/** A column that holds at least `length` values: the same one, or a copy with room for more, the rest zero. */
export function grown<Column extends Int32Array | Uint8Array>(column: Column, length: number): Column {
  if (length <= column.length) return column
  const larger = new (column.constructor as new (length: number) => Column)(Math.ceil(length * 1.4))
  larger.set(column)
  return larger
}
