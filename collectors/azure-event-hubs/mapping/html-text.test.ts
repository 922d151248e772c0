import { describe, expect, test } from 'vitest'
import { textOfHtml, webAddress } from './html-text.ts'

test.each([
  ['1. Open it.<br>2. Close it.', '1. Open it.\n2. Close it.'],
  ['<ul><li>one</li><li>two <b>bold</b></li></ul>after', '- one\n- two bold\nafter'],
  ['<ol><li>one<li>two</ol>', '1. one\n2. two'],
  ['See <a href="https://x.example/a?b=1&amp;c=2">the page</a>.', 'See the page [https://x.example/a?b=1&c=2].'],
  ['<a href="https://x.example">https://x.example</a>', 'https://x.example'],
  ['<a href=" java\nscript:alert(1)">click</a> <a href="data:text/html,x">here</a>', 'click here'],
  ['a<script>steal()</script>b<style>p{}</style>c<!-- d -->', 'abc'],
  ['<h2>Head</h2><P>\nText<P>\n\n\nMore', 'Head\n\nText\n\nMore'],
  ['<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>', 'a b\n1 2'],
  ['5 &lt; 6 &amp; 7 &gt; 6 &quot;x&quot; &#233; &eacute;', '5 < 6 & 7 > 6 "x" é é'],
  ['&#xD83D;', '\u{FFFD}'],
  ['get <pod> where a<b && c > d', 'get <pod> where a<b && c > d'],
  ['plain\r\n  indented\n\n\n\nend ', 'plain\n  indented\n\nend'],
])('%j is %j', (html, text) => expect(textOfHtml(html)).toBe(text))

test.each([undefined, '', ' ', 'N/A', '<script>x</script>', '<br>'])('%j is nothing', (html) => {
  expect(textOfHtml(html)).toBeUndefined()
})

describe('HTML that was made to do harm', () => {
  const pieces = [
    '<div>',
    '<ul><li>',
    '<a href="x">',
    '<',
    '&',
    '&#',
    '<table><tr><td>',
    '<!--',
    '<p a="',
    '<br>',
    '<p>\n \n',
  ]
  test.each([...pieces, '<blockquote>', '<pre>', '\u{1F600}<b>', 'x'])('takes little time and room: %j', (piece) => {
    const began = process.cpuUsage()
    const text = textOfHtml(piece.repeat(300_000))
    const { user, system } = process.cpuUsage(began)
    expect((user + system) / 1000).toBeLessThan(1000)
    expect(text?.length ?? 0).toBeLessThanOrEqual(32 * 1024)
    expect(text?.isWellFormed() ?? true).toBe(true)
  })
})

test.each([
  ['portal.azure.com/#blade/x', 'https://portal.azure.com/#blade/x'],
  ['https://ms.portal.azure.com/?fea#blade', 'https://ms.portal.azure.com/?fea#blade'],
  ['HTTP://x.example', 'HTTP://x.example'],
  ['//x.example/a', 'https://x.example/a'],
  ['x.example:8443/a', 'https://x.example:8443/a'],
  ['javascript:alert(1)', undefined],
  ['mailto:a@x.example', undefined],
  [undefined, undefined],
])('the address %j is the link %j', (written, link) => expect(webAddress(written)).toBe(link))
