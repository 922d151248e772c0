/** By stanza, then by setting, in the order of the file. */
export type ConfFile = ReadonlyMap<string, ReadonlyMap<string, string>>

/**
 * Reads one of Splunk's .conf files more strictly than Splunk does: what Splunk would pass over or let win silently (a
 * second stanza or setting of one name, a line that is no setting, a setting before any stanza, a blank behind the
 * backslash that continues a line) throws.
 */
export function readConf(text: string, file: string): ConfFile {
  const stanzas = new Map<string, Map<string, string>>()
  let current: Map<string, string> | undefined
  for (const { line, number } of logicalLines(text, file)) {
    const wrong = (problem: string): Error => new Error(`${file}, line ${number}: ${problem}: ${line}`)
    if (/^\s*(#|$)/.test(line)) continue
    const stanza = /^\[([^\]]*)\]$/.exec(line)?.[1]
    if (stanza !== undefined) {
      if (stanzas.has(stanza)) throw wrong('the stanza is there twice')
      stanzas.set(stanza, (current = new Map<string, string>()))
      continue
    }
    const [, name, value] = /^([^\s=\\[][^=]*?) = (.+)$/s.exec(line) ?? []
    if (name === undefined || value === undefined) throw wrong('no stanza and no setting')
    if (current === undefined) throw wrong('a setting before any stanza')
    if (current.has(name)) throw wrong('the setting is there twice')
    current.set(name, value)
  }
  return stanzas
}

/** A line that ends with a backslash goes on in the next; the line break stays. */
function* logicalLines(text: string, file: string): Generator<{ readonly line: string; readonly number: number }> {
  if (!text.endsWith('\n')) throw new Error(`${file} does not end with a line break`)
  const lines = text.slice(0, -1).split('\n')
  const loose = lines.findIndex((line) => /\\\s+$/.test(line) || /^\s+\S/.test(line))
  if (loose >= 0) throw new Error(`${file}, line ${loose + 1}: white space at an end`)
  for (let at = 0; at < lines.length; at += 1) {
    const number = at + 1
    let line = lines[at]!
    while (line.endsWith('\\') && !line.startsWith('#')) {
      at += 1
      if (at === lines.length) throw new Error(`${file}, line ${number}: nothing follows the backslash`)
      line = `${line.slice(0, -1)}\n${lines[at]!}`
    }
    yield { line, number }
  }
}
