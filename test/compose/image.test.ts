import { existsSync, globSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { composeGo } from '../servers/compose-go/program.ts'
import { ScratchImage, expectExample } from './scratch-image.ts'

beforeAll(async () => {
  if (composeGo.whyNot() === undefined) await composeGo.build()
}, 900_000)

test('every module of the image finds what it imports among its files and the packages that are shipped', async (context) => {
  const image = await ScratchImage.copied(context)
  const shipped = image.link()
  const files = globSync('**/*.ts', { cwd: image.directory, exclude: ['node_modules/**'] })
  expect(files.length).toBeGreaterThan(300)
  const lost = files.flatMap((file) => {
    const found = (name: string) =>
      name.startsWith('.')
        ? existsSync(join(image.directory, dirname(file), name))
        : isBuiltin(name) || shipped.has(packageOf(name))
    return imported(readFileSync(join(image.directory, file), 'utf8')).flatMap((name) =>
      found(name) ? [] : [`${file}: ${name}`],
    )
  })
  expect(lost).toEqual([])
})

test('the program of the image runs the example from end to end', async (context) => {
  const image = await ScratchImage.copied(context)
  image.link()
  await expectExample(image)
})

/** What a module imports while it runs: types are gone by then. */
function imported(source: string): string[] {
  const statements =
    /^(?:import|export) (?!type )(?:[^'"]*? from )?['"]([^'"]+)['"]|(?:import|require)\(['"]([^'"]+)['"]\)/gm
  return [...source.matchAll(statements)].map(([, by, called]) => (by ?? called)!)
}

function packageOf(name: string): string {
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/')
}
