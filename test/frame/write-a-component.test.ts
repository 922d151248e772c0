import { expect, test } from 'vitest'
import { pages } from '../guides/bench.ts'
import { TreeCopy } from '../guides/tree-copy.ts'

test.each(pages.filter(({ inTree }) => inTree))(
  '$path: followed to the letter, all of it works',
  async (page) => {
    expect(page.parts.filter(({ kind }) => kind === 'file').length).toBeGreaterThan(5)
    using tree = new TreeCopy()
    expect(await tree.follow(page)).toBeUndefined()
  },
  180_000,
)
