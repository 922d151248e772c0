import { spawnSync } from 'node:child_process'
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, relative } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const leftOut = new Set(['.git', 'data', 'examples', 'node_modules', 'out', 'test/samples'])

let tree: string

beforeEach(() => {
  tree = copyTree()
})

afterEach(() => rmSync(tree, { recursive: true, force: true }))

/** The tree as it is, somewhere else: nothing is ever planted in the tree itself. */
function copyTree(): string {
  const copy = mkdtempSync(join(tmpdir(), 'posture-stream-plants-'))
  const wanted = (path: string): boolean => !leftOut.has(relative(root, path)) && basename(path) !== '.venv'
  cpSync(root, copy, { recursive: true, filter: wanted })
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  return copy
}

interface Outcome {
  readonly passed: boolean
  readonly output: string
}

/** Runs a check as people do, by its name in package.json. */
function run(script: string): Outcome {
  const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', script], { cwd: tree, encoding: 'utf8' })
  return { passed: status === 0, output: stdout + stderr }
}

function write(file: string, text: string): void {
  mkdirSync(dirname(join(tree, file)), { recursive: true })
  writeFileSync(join(tree, file), text)
}

function readJson(file: string): Record<string, Record<string, unknown>> {
  return JSON.parse(readFileSync(join(tree, file), 'utf8')) as Record<string, Record<string, unknown>>
}

describe('the import check', () => {
  test('passes on the tree as it is', () => {
    expect(run('imports')).toEqual({
      passed: true,
      output: expect.stringMatching(/^\d{2,} modules keep \d+ import rules/),
    })
  })

  describe('finds', () => {
    // All in one tree and one run; each plant has a file of its own.
    const plants = [
      ['core importing anything of ours', 'core-is-a-leaf', 'core/leaf.ts', "export * from '../schemas/records.ts'"],
      [
        'schemas importing the stream',
        'schemas-know-only-core',
        'schemas/stray.ts',
        "export * from '../stream/topics.ts'",
      ],
      [
        'the stream importing a schema',
        'stream-knows-only-core',
        'stream/stray.ts',
        "export * from '../schemas/records.ts'",
      ],
      [
        'one stage importing another',
        'sinks-stand-alone',
        'sinks/across.ts',
        "export * from '../collectors/collector.ts'",
      ],
      [
        'a type taken from another stage',
        'enrichment-stands-alone',
        'enrichment/across.ts',
        "import type { Sink } from '../sinks/sink.ts'\nexport type Across = Sink",
      ],
      [
        'a stage importing an implementation of the stream',
        'collectors-stand-alone',
        'collectors/adapter.ts',
        "export * from '../stream/embedded/embedded-stream.ts'",
      ],
      [
        'a component importing its runner',
        'a-sink-knows-only-the-contract',
        'sinks/one/one.ts',
        "export * from '../runner.ts'",
      ],
      [
        'a component importing another',
        'a-sink-knows-only-the-contract',
        'sinks/two/two.ts',
        "export * from '../one/one.ts'",
      ],
      [
        'a stage importing one component',
        'only-the-catalog-knows-the-components',
        'sinks/favourite.ts',
        "export * from './one/one.ts'",
      ],
      ['kafkajs outside its home', 'one-home-for-kafkajs', 'sinks/kafka.ts', "export * from 'kafkajs'"],
      [
        'production code importing a test',
        'test-code-stays-in-tests',
        'app/tested.ts',
        "export * from '../test/plant.ts'",
      ],
      [
        'production code importing a contract suite',
        'test-code-stays-in-tests',
        'app/contract.ts',
        "export * from '../sinks/sink.contract.ts'",
      ],
      [
        'production code importing a development dependency',
        'production-needs-no-dev-dependency',
        'app/dev.ts',
        "export { test } from 'vitest'",
      ],
      [
        'anything importing the app',
        'nothing-knows-the-app',
        'schemas/upwards.ts',
        "export * from '../app/pipeline.ts'",
      ],
      [
        'an import inside a declaration of a resource',
        'core-is-a-leaf',
        'core/resource.ts',
        "await using held = (await import('../schemas/records.ts')) as never\nvoid held\nexport {}",
      ],
      ['a file that is not there', 'imports-resolve', 'core/nowhere.ts', "export * from './no-such-file.ts'"],
      ['a cycle', 'no-cycles', 'core/circle.ts', "export * from './circle-back.ts'"],
      ['code in a folder of its own', 'code stands in', 'lib/homeless.ts', 'export {}'],
    ] as const
    let found: Outcome | undefined

    beforeEach(() => {
      if (found !== undefined) return
      write('core/circle-back.ts', "export * from './circle.ts'")
      write('test/plant.ts', 'export {}')
      for (const [, , file, code] of plants) write(file, code)
      found = run('imports')
    })

    test.each(plants)('%s', (_what, complaint, file) => {
      expect(found?.passed).toBe(false)
      expect(found?.output.split('\n')).toContainEqual(
        expect.stringMatching(new RegExp(`${complaint}.*${file}|${file}.*${complaint}`)),
      )
    })
  })

  test('fails when it saw no module', () => {
    for (const name of readdirSync(tree))
      if (!['node_modules', 'package.json'].includes(name)) rmSync(join(tree, name), { recursive: true })
    const { status, stderr } = spawnSync(process.execPath, [join(root, 'tools/check-imports.ts')], {
      cwd: tree,
      encoding: 'utf8',
    })
    expect(stderr).toContain('no TypeScript file found')
    expect(status).toBe(1)
  })

  test('fails when its TypeScript parser is missing, instead of guessing', () => {
    rmSync(join(tree, 'node_modules'))
    mkdirSync(join(tree, 'node_modules'))
    for (const name of readdirSync(join(root, 'node_modules')))
      if (name !== '@swc') symlinkSync(join(root, 'node_modules', name), join(tree, 'node_modules', name))
    const { status, stderr } = spawnSync(process.execPath, ['--preserve-symlinks', 'tools/check-imports.ts'], {
      cwd: tree,
      encoding: 'utf8',
    })
    expect(stderr).toContain('cannot parse TypeScript')
    expect(status).toBe(1)
  })
})

describe('the dead-code check', () => {
  test('passes on the tree as it is', () => {
    expect(run('dead-code')).toEqual({ passed: true, output: expect.any(String) })
  })

  test('finds a file that nobody imports', () => {
    write('core/plant.ts', 'export const plant = 1')
    expect(run('dead-code')).toEqual({ passed: false, output: expect.stringContaining('core/plant.ts') })
  })

  test('finds an export that nobody uses', () => {
    appendFileSync(join(tree, 'core/errors.ts'), '\nexport function plantedExport(): void {}\n')
    expect(run('dead-code')).toEqual({ passed: false, output: expect.stringContaining('plantedExport') })
  })

  test('finds a dependency that nobody uses', () => {
    write(
      'package.json',
      JSON.stringify({
        ...readJson('package.json'),
        dependencies: { ...readJson('package.json')['dependencies'], leftpad: '1.0.0' },
      }),
    )
    expect(run('dead-code')).toEqual({ passed: false, output: expect.stringContaining('leftpad') })
  })
})

describe('the generated-types check', () => {
  test('passes on the tree as it is', () => {
    expect(run('check:generated')).toEqual({ passed: true, output: expect.stringContaining('up to date') })
  })

  test('finds a generated file that was edited by hand', () => {
    appendFileSync(join(tree, 'schemas/generated/dead-letter.ts'), 'export type Plant = 1\n')
    expect(run('check:generated')).toEqual({
      passed: false,
      output: expect.stringContaining('schemas/generated/dead-letter.ts'),
    })
  })

  test('finds a schema that changed without its types', () => {
    const schema = readJson('schemas/checkpoint.schema.json')
    write(
      'schemas/checkpoint.schema.json',
      JSON.stringify({ ...schema, properties: { ...schema['properties'], plant: { type: 'string' } } }),
    )
    expect(run('check:generated')).toEqual({
      passed: false,
      output: expect.stringContaining('schemas/generated/checkpoint.ts'),
    })
  })
})
