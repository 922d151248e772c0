import { afterEach, describe } from 'vitest'
import { committingContract } from './contract/committing.contract.ts'
import { consumingContract } from './contract/consuming.contract.ts'
import { endingContract } from './contract/ending.contract.ts'
import { forgettingContract } from './contract/forgetting.contract.ts'
import { owningContract } from './contract/owning.contract.ts'
import { publishingContract } from './contract/publishing.contract.ts'
import { readingContract } from './contract/reading.contract.ts'
import { sharingContract } from './contract/sharing.contract.ts'
import { sinceContract } from './contract/since.contract.ts'
import { startingContract } from './contract/starting.contract.ts'
import { type OpenStream, Workbench } from './contract/workbench.contract.ts'

/**
 * States as tests what every implementation of the stream promises; call it from the implementation's own test file.
 * `timeScale` stretches every wait of the suite for one that is slower than a call within the process.
 */
export function streamContract(name: string, open: OpenStream, { timeScale = 1 } = {}): void {
  const timeout = 10_000 * timeScale
  describe(`${name} keeps the promises of a stream:`, { timeout }, () => {
    const bench = new Workbench(open, timeScale)
    afterEach(() => bench.closeAll(), timeout)
    publishingContract(bench)
    readingContract(bench)
    sinceContract(bench)
    consumingContract(bench)
    startingContract(bench)
    committingContract(bench)
    owningContract(bench)
    sharingContract(bench)
    endingContract(bench)
    forgettingContract(bench)
  })
}
