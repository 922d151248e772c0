import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, type TestContext } from 'vitest'
import { buildContext, dockerfile } from '../servers/compose-go/answers.ts'

const root = join(import.meta.dirname, '../..')
const OUTPUT_BYTES = 16 * 1024 * 1024

/** The files of our image in a folder of this machine, without its Node; gone when the test is over. */
export class ScratchImage {
  readonly directory: string

  private constructor(directory: string) {
    this.directory = directory
  }

  /** What the last stage copies from the repository, as far as .dockerignore lets it; packages come with `link` or `install`. */
  static async copied(context: Pick<TestContext, 'skip'>): Promise<ScratchImage> {
    const files = await buildContext(context)
    const { stages } = await dockerfile(context)
    const directory = mkdtempSync(join(tmpdir(), 'posture-stream-image-'))
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
    for (const { SourcePaths: sources = [], DestPath: to = '', From: from } of stages.at(-1)!.Commands) {
      for (const source of from === '' ? sources : [])
        for (const file of files.filter((each) => each === source || each.startsWith(`${source}/`)))
          // A folder's content comes under the new name, a file under its own in the folder that is named.
          copy(join(root, file), join(directory, to, file === source ? source : file.slice(source.length + 1)))
    }
    return new ScratchImage(directory)
  }

  /** The packages that are not for development alone, as they are installed in the repository. Returns their names. */
  link(): ReadonlySet<string> {
    const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
      packages: Readonly<Record<string, { readonly dev?: boolean }>>
    }
    const shipped = Object.entries(packages).filter(
      ([path, { dev }]) => /^node_modules\/(@[^/]+\/)?[^/]+$/.test(path) && dev !== true,
    )
    for (const [path] of shipped) {
      mkdirSync(dirname(join(this.directory, path)), { recursive: true })
      symlinkSync(join(root, path), join(this.directory, path))
    }
    return new Set(shipped.map(([path]) => path.slice('node_modules/'.length)))
  }

  /** The packages as the first stage installs them: its own command, on the two files that it copies. */
  async install(context: Pick<TestContext, 'skip'>): Promise<void> {
    const [first] = (await dockerfile(context)).stages
    for (const { SourcePaths: sources = [], CmdLine: [line] = [] } of first!.Commands) {
      for (const source of sources) copy(join(root, source), join(this.directory, source))
      if (line !== undefined) await promisify(execFile)('sh', ['-c', line], { cwd: this.directory })
    }
  }

  /** What the program prints, run as the image runs it; throws with what it says where it fails. */
  async run(...words: readonly string[]): Promise<string> {
    const args = [join(this.directory, 'app/cli.ts'), ...words]
    return (await promisify(execFile)(process.execPath, args, { maxBuffer: OUTPUT_BYTES })).stdout
  }
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true })
  cpSync(from, to)
}

/** A copy of the example that may be run, and its configuration. */
function scratchExample(): string {
  const directory = mkdtempSync(join(tmpdir(), 'posture-stream-example-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  for (const name of ['pipeline.yaml', 'reports'])
    cpSync(join(root, 'examples', name), join(directory, name), { recursive: true })
  return join(directory, 'pipeline.yaml')
}

/** The example from end to end: what `run` counts of it. Returns its configuration. */
export async function expectExample(image: ScratchImage): Promise<string> {
  const config = scratchExample()
  const printed = await image.run('run', '--config', config, '--until-idle', '--summary', 'json')
  expect(JSON.parse(printed.trimEnd().split('\n').at(-1)!)).toMatchObject({ in: 178, open: 22, deadLetters: 0 })
  return config
}
