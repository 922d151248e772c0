import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const kept = ['pipeline.yaml', 'reports']

test('npm start prints what the README shows, and the second time that nothing changed', () => {
  const elsewhere = mkdtempSync(join(tmpdir(), 'posture-stream-readme-'))
  onTestFinished(() => rmSync(elsewhere, { recursive: true, force: true }))
  for (const name of kept) cpSync(join(root, 'examples', name), join(elsewhere, 'examples', name), { recursive: true })

  const first = start(elsewhere)
  expect(shownInReadme().filter((line) => !first.includes(line))).toEqual([])

  const second = start(elsewhere)
  expect(second).toContain('This run  0 findings read, 0 changed, 0 dead letters')
  expect(second.slice(0, -3)).toEqual(first.slice(0, -3))
})

/** What `npm start` says, run where it can leave its data; line by line. */
function start(directory: string): string[] {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: { start: string } }
  const [node, cli = '', ...args] = scripts.start.split(' ')
  expect(node).toBe('node')
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, cli), ...args], {
    cwd: directory,
    encoding: 'utf8',
  })
  expect(status, stderr).toBe(0)
  return stdout.split('\n')
}

function shownInReadme(): string[] {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const [, shown = ''] = /<!-- output:start -->\n```\n([^]*?)\n```\n<!-- output:end -->/.exec(readme) ?? []
  expect(shown).toContain('PRIORITY')
  return shown.split('\n').filter((line) => line !== '…')
}
