import { describe, expect, test } from 'vitest'
import { readConf } from './conf-file.ts'

const read = (text: string) =>
  Object.fromEntries([...readConf(text, 'x.conf')].map(([name, settings]) => [name, Object.fromEntries(settings)]))

test('stanzas, settings, comments and continued lines are read', () => {
  expect(read('# about\n\n[one]\na = 1\nb = x = y\n\n[two]\nsearch = a \\\n| b \\\n| c\nlast = 2\n')).toEqual({
    one: { a: '1', b: 'x = y' },
    two: { search: 'a \n| b \n| c', last: '2' },
  })
})

describe('what Splunk would pass over is refused', () => {
  test.each([
    ['a stanza that is there twice', '[a]\nx = 1\n[a]\ny = 1\n', 'line 3: the stanza is there twice'],
    ['a setting that is there twice', '[a]\nx = 1\nx = 2\n', 'line 3: the setting is there twice'],
    ['a setting before any stanza', 'x = 1\n', 'line 1: a setting before any stanza'],
    ['a line that is no setting', '[a]\nx\n', 'line 2: no stanza and no setting'],
    ['a setting without a value', '[a]\nx =\n', 'line 2: no stanza and no setting'],
    ['a stanza that is not closed', '[a\nx = 1\n', 'line 1: no stanza and no setting'],
    ['a blank behind the backslash', '[a]\nx = 1 \\ \n| y\n', 'line 2: white space'],
    ['a backslash at the end of the file', '[a]\nx = 1 \\\n', 'line 2: nothing follows'],
    ['a file without a last line break', '[a]', 'x.conf does not end'],
  ])('%s', (_what, text, problem) => {
    expect(() => read(text)).toThrow(problem)
  })
})
