import { renameSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { ReportFeed } from './report-feed.ts'
import type { Scene } from './scene.ts'
import { ScenePipeline } from './scene-pipeline.ts'

const EVERY_SECOND = '* * * * * *'
const FEED_MS = 2000
/** Of a process that keeps ending: long enough to be seen. */
const LIFE_MS = 1200

type Plan = Pick<Scene, 'name' | 'fault' | 'raises' | 'mayRaise'> & {
  breakDown(pipeline: ScenePipeline, feed: ReportFeed): Promise<void> | void
  mend(pipeline: ScenePipeline, feed: ReportFeed): Promise<void> | void
}

/** A pipeline whose collector looks for reports every second, and finds one every two. */
export function reportScene(port: number, plan: Plan): Scene {
  const { breakDown, mend, ...told } = plan
  const scanner = { type: 'scanner-report', paths: ['./reports'], schedule: EVERY_SECOND, expectEvery: '8s' }
  const pipeline = new ScenePipeline({
    name: plan.name,
    port,
    collectors: { scanner },
    sinks: { archive: { type: 'file', directory: './out' } },
  })
  const feed = new ReportFeed(() => pipeline.reports)
  return {
    ...told,
    ports: [port],
    start: async () => {
      feed.start(FEED_MS)
      await pipeline.start()
    },
    breakDown: async () => breakDown(pipeline, feed),
    mend: async () => mend(pipeline, feed),
    end: async () => {
      feed.stop()
      await pipeline.end()
    },
  }
}

export const undisturbed: Plan = {
  name: 'undisturbed',
  fault: 'none',
  raises: [],
  breakDown: () => undefined,
  mend: () => undefined,
}

export const poison: Plan = {
  name: 'poison',
  fault: 'a report has a record that nobody can read',
  raises: ['PostureDeadLetters'],
  breakDown: (_, feed) => feed.put([{ message: 'of no scanner that we know' }, 17]),
  mend: () => undefined,
}

export const silent: Plan = {
  name: 'silent',
  fault: 'a scanner brings no reports any more',
  raises: ['PostureSourceSilent'],
  breakDown: (_, feed) => feed.stop(),
  mend: (_, feed) => feed.start(FEED_MS),
}

export const unreadable: Plan = {
  name: 'unreadable',
  fault: 'the directory of the reports is not there',
  raises: ['PostureSweepFailing'],
  // Meanwhile no report can come either.
  mayRaise: ['PostureSourceSilent'],
  breakDown: ({ reports }, feed) => {
    feed.stop()
    renameSync(reports, `${reports}-away`)
  },
  mend: ({ reports }, feed) => {
    renameSync(`${reports}-away`, reports)
    feed.start(FEED_MS)
  },
}

export const dead: Plan = {
  name: 'dead',
  fault: 'a process is killed',
  raises: ['PostureProcessDown'],
  breakDown: (pipeline, feed) => {
    feed.stop()
    return pipeline.kill()
  },
  mend: (pipeline, feed) => {
    feed.start(FEED_MS)
    return pipeline.start()
  },
}

export function restarting(): Plan {
  let loop: Promise<void> | undefined
  const mended = new AbortController()
  return {
    name: 'restarting',
    fault: 'a process ends and is started, again and again',
    raises: ['PostureProcessRestarting'],
    // It is down in between.
    mayRaise: ['PostureProcessDown'],
    breakDown: (pipeline) => {
      loop = (async () => {
        while (!mended.signal.aborted) {
          await pipeline.kill()
          pipeline.launch()
          await pipeline.answers('livez')
          await sleep(LIFE_MS)
        }
      })()
      loop.catch(() => undefined)
    },
    mend: () => {
      mended.abort()
      return loop
    },
  }
}
