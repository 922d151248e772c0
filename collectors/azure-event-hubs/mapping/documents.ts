const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPENING: ReadonlySet<number> = new Set([0x7b, 0x5b])
const CLOSING: ReadonlySet<number> = new Set([0x7d, 0x5d])
const GAP = /[\s\u{1e}]*/uy

/**
 * The documents of a text that holds several, one behind another or one per line: objects, lists and quoted texts. Only
 * where each ends is looked at, in one pass; whether it is JSON is for a parser to say. Undefined where anything else
 * stands between them, or the last one does not end.
 */
export function splitDocuments(text: string): string[] | undefined {
  const documents: string[] = []
  for (let at = afterGap(text, 0); at < text.length;) {
    const end = endOf(text, at)
    if (end === undefined) return undefined
    documents.push(text.slice(at, end))
    at = afterGap(text, end)
  }
  return documents
}

/** White space counts, byte order marks among it, and the separator of RFC 7464. */
function afterGap(text: string, from: number): number {
  GAP.lastIndex = from
  GAP.test(text)
  return Math.max(GAP.lastIndex, from)
}

/** Where the document ends that begins at `start`. */
function endOf(text: string, start: number): number | undefined {
  let depth = 0
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = closingQuote(text, at)
    else if (OPENING.has(code)) depth += 1
    else if (CLOSING.has(code)) depth -= 1
    else if (depth === 0) return undefined
    if (depth === 0) return at < text.length ? at + 1 : undefined
  }
  return undefined
}

/** Where the string ends that the quote at `start` opens; the end of the text where it does not end. */
function closingQuote(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === BACKSLASH) at += 1
    else if (code === QUOTE) return at
  }
  return text.length
}
