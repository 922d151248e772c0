import { describe, expect, test } from 'vitest'
import { expanded, fieldsInExpression, macrosIn, stanzaOf, stepsOf } from './spl.ts'

const macros = new Map([
  ['base', { definition: 'index="x" (sourcetype="a" OR sourcetype="b")' }],
  ['newest', { definition: 'sort 0 -num(revision) | dedup key' }],
  ['both', { definition: '`base` | `newest`' }],
  ['circle', { definition: '`circle`' }],
])

describe('macros', () => {
  test('are found with the number of their arguments', () => {
    expect(macrosIn('`base` | where x > `days(1, 2)`').map(stanzaOf)).toEqual(['base', 'days(2)'])
    expect(() => macrosIn('`base')).toThrow('a backtick without its other one')
  })

  test('are replaced, inside one another too', () => {
    expect(expanded('`both` | head 1', macros)).toBe(
      'index="x" (sourcetype="a" OR sourcetype="b") | sort 0 -num(revision) | dedup key | head 1',
    )
    expect(() => expanded('`none`', macros)).toThrow('no such macro: none')
    expect(() => expanded('`circle`', macros)).toThrow('macros that stand for one another')
  })
})

test.each<[string, string[], string[]]>([
  ['index="x" (sourcetype="a" OR state!=open)', ['index', 'sourcetype', 'state'], []],
  ['host=$account|s$ | search band IN (P1, P2)', ['host', 'band'], []],
  ['| sort 0 -num(revision) name | dedup 10 key', ['revision', 'name', 'key'], []],
  ['| table a, b.c{}.d | fields - _raw | head 5', ['a', 'b.c{}.d'], []],
  ['| eval a=floor((now() - b) / 60), c=a - 1 | where c > 0 AND isnull(d)', ['b', 'c', 'd'], ['a', 'c']],
  ['| stats sum(count) AS findings dc(host) BY a b', ['a', 'b', 'count', 'host'], ['findings', 'dc(host)']],
  ['| stats count BY a', ['a'], ['count']],
  ['| streamstats current=false last(s) AS before BY k', ['k', 's'], ['before']],
  ['| chart sum(n) OVER host BY band | fillnull value=0 P1', ['host', 'band', 'n', 'P1'], ['sum(n)']],
  ['| tstats max(_time) AS _time WHERE index="x" a=b BY k host', ['k', 'host', '_time', 'index', 'a'], ['_time']],
  ['| timechart span=1d dc(k) BY s', ['s', 'k'], ['dc(k)']],
])('%s reads and makes fields', (search, reads, makes) => {
  const steps = stepsOf(search)
  expect(steps.flatMap((step) => step.reads)).toEqual(reads)
  expect(steps.flatMap((step) => step.makes)).toEqual(makes)
})

test.each([
  ['| rest /services', 'a command that is not reviewed'],
  ['open findings', 'a word alone in a search'],
  ['| where (a', 'not closed'],
])('%s is refused', (search, problem) => {
  expect(() => stepsOf(search)).toThrow(problem)
})

test('an expression names fields bare, in quotes and as paths', () => {
  const expression = `coalesce('a.b{}.c', json_extract(_raw, "r{0}.uid"), x) . "text" . lower(y)`
  expect(fieldsInExpression(expression)).toEqual(['r{}.uid', 'a.b{}.c', 'x', 'y'])
})
