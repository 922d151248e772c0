import { compile } from 'html-to-text'

/** Far more than any description that people read; of what is longer the rest is left out. */
const MOST_CHARACTERS = 32 * 1024
const MOST_DEPTH = 64
const TAGS =
  'a|b|big|blockquote|br|center|code|dd|div|dl|dt|em|font|h[1-6]|hr|i|img|li|noscript|ol|p|pre|script|small|span|strong|style|sub|sup|table|tbody|td|th|thead|tr|tt|u|ul'
/** `a<b and c>d` and `<pod>` are none. */
const MARKUP = new RegExp(
  `</?(?:${TAGS})\\s*/?>|<(?:${TAGS})\\s+[a-z-]+\\s*=|<!--|&(?:#\\d+|#x[\\da-f]+|[a-z]\\w+);`,
  'i',
)
/** How Defender for Cloud writes that there is no text. */
const NOTHING = /^\s*n\/a\s*$/i
const SCHEME = /^[a-z][a-z\d+.-]*:/i
const SAFE_SCHEME = /^(?:https?|mailto):/i
/** What browsers take out of an address before they read it. */
const CONTROLS = /[\s\p{Cc}]/gu

const toText = compile({
  wordwrap: false,
  preserveNewlines: true,
  baseElements: { selectors: [] },
  limits: { maxDepth: MOST_DEPTH, maxInputLength: MOST_CHARACTERS, ellipsis: '…' },
  selectors: [
    { selector: 'a', options: { hideLinkHrefIfSameAsText: true, pathRewrite: shownAddress } },
    ...['img', 'script', 'style', 'noscript', 'template', 'iframe', 'object'].map((selector) => ({
      selector,
      format: 'skip',
    })),
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
    { selector: 'p', options: { leadingLineBreaks: 1, trailingLineBreaks: 1 } },
    ...['ul', 'ol'].map((selector) => ({ selector, options: { leadingLineBreaks: 1, trailingLineBreaks: 1 } })),
    { selector: 'ul', options: { itemPrefix: '- ' } },
    { selector: 'tr', format: 'block', options: { leadingLineBreaks: 1, trailingLineBreaks: 1 } },
    ...['td', 'th'].map((selector) => ({ selector, format: 'inlineSurround', options: { suffix: ' ' } })),
  ],
})

/**
 * Text out of what may be HTML: links keep their address, items of lists and line breaks are lines, scripts are gone.
 * Text without markup stays as it is. Undefined where nothing is left; never longer than 32 Ki characters.
 */
export function textOfHtml(written: string | undefined): string | undefined {
  if (written === undefined || NOTHING.test(written)) return undefined
  const html = written.length > MOST_CHARACTERS ? `${written.slice(0, MOST_CHARACTERS - 1)}…` : written
  const text = MARKUP.test(html) ? toText(html) : html
  const lines = text
    .toWellFormed()
    .split(/\r\n|\r|\n/)
    // The numbers of a list are indented so that they end in one column.
    .map((line) => line.trimEnd().replace(/^ +(?=\d+\. )/, ''))
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
  return lines.slice(0, MOST_CHARACTERS).toWellFormed() || undefined
}

/** An address as a link: Defender for Cloud leaves the scheme out. Undefined where it has one that is no web's. */
export function webAddress(written: string | undefined): string | undefined {
  if (written === undefined || /^https?:\/\//i.test(written)) return written
  if (written.startsWith('//')) return `https:${written}`
  // A host with a port is no scheme.
  return SCHEME.test(written) && !/^[\w.-]+:\d+(?:[/?#]|$)/.test(written) ? undefined : `https://${written}`
}

function shownAddress(address: string): string {
  const plain = address.replace(CONTROLS, '')
  return SCHEME.test(plain) && !SAFE_SCHEME.test(plain) ? '' : address
}
