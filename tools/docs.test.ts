import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const pages = globSync('{*.md,docs/**/*.md}', { cwd: root }).toSorted()
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> }

test('there are pages to check', () => {
  expect(pages).toEqual(expect.arrayContaining(['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md']))
})

describe.each(pages)('%s', (page) => {
  const text = readFileSync(join(root, page), 'utf8')

  test('links to files that exist, at headings that exist', () => {
    const links = [...text.matchAll(/\]\((?!\w+:)([^)#]*)(?:#([^)]+))?\)/g)]
    const broken = links.filter(([, path = '', anchor]) => {
      const target = path === '' ? join(root, page) : join(root, dirname(page), path)
      return !existsSync(target) || (anchor !== undefined && !headings(target).includes(anchor))
    })
    expect(broken.map(([link]) => link)).toEqual([])
  })

  test('names source files that exist', () => {
    const named = [
      ...text.matchAll(/`((?:app|collectors|core|enrichment|schemas|sinks|stream|test|tools)\/[\w./-]+\.ts)`/g),
    ]
    const examples = /^(collectors\/finding-list|enrichment\/temporary|sinks\/folder|enrichment\/graph)\//
    const missing = named
      .map(([, path = '']) => path)
      .filter((path) => !examples.test(path) && !existsSync(join(root, path)))
    expect(missing).toEqual([])
  })

  test('names scripts that exist', () => {
    const named = [...text.matchAll(/npm (?:run (?:--silent )?([a-z][\w:-]*)|(start|test)\b)/g)]
    expect(named.map(([, run, word]) => run ?? word ?? '').filter((name) => !(name in scripts))).toEqual([])
  })
})

/** As the places that show Markdown make anchors of headings. */
function headings(path: string): string[] {
  return [...readFileSync(path, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  )
}
