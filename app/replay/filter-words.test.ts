import { expect, test } from 'vitest'
import { filterOf } from './filter-words.ts'

test('words make the filter that a sink’s configuration would say', () => {
  expect(filterOf(['priority=P1,P2', 'state=open', 'class=2003, vulnerability_finding', 'control=S3.*'])).toEqual({
    priority: ['P1', 'P2'],
    state: ['open'],
    class: [2003, 'vulnerability_finding'],
    control: ['S3.*'],
  })
  expect(filterOf(['priority=P1', 'priority=P2'])).toEqual({ priority: ['P1', 'P2'] })
  expect(filterOf([])).toBeUndefined()
})

test.each([
  ['priority', 'write NAME=VALUE,VALUE'],
  ['=P1', 'write NAME=VALUE,VALUE'],
  ['priority=', 'write NAME=VALUE,VALUE'],
  ['prioriti=P1', 'did you mean "priority"?'],
  ['priority=P9', 'did you mean "P1"?'],
  ['state=shut', 'write one of: open, muted, resolved, gone'],
  ['class=1', 'write one of'],
  ['account=a,,b', 'write some text'],
  ['__proto__=x', 'write one of'],
])('%s is refused with what may stand there', (word, hint) => {
  expect(() => filterOf([word])).toThrow(hint)
})
