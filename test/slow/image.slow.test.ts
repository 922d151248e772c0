import { expect, test } from 'vitest'
import { ScratchImage, expectExample } from '../compose/scratch-image.ts'

test(
  'the image runs the example with the packages that its own build installs',
  { timeout: 600_000 },
  async (context) => {
    const image = await ScratchImage.copied(context)
    await image.install(context)
    const config = await expectExample(image)
    expect(await image.run('findings', 'list', '--config', config)).toContain('P1')
    expect(await image.run('describe', 'opensearch')).toContain('posture-findings')
    expect(await image.run('check', '--config', config)).toContain('sinks.local')
  },
)
