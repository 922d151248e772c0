import { expect, test } from 'vitest'
import { progressOn as progressWith, type Terminal } from './progress.ts'

const logged: string[] = []
const log = (_fields: object, message: string): void => void logged.push(message)

function progressOn(screen: Terminal, clock: () => number) {
  return progressWith(screen, { clock, log: { debug: log, info: log, warn: log, error: log } })
}

function terminal(isTTY: boolean, columns = 80) {
  const written: string[] = []
  return { isTTY, columns, written, write: (text: string) => written.push(text) }
}

test('a terminal shows how far a file has been read, on one line that fits', () => {
  const screen = terminal(true, 50)
  progressOn(screen, () => 0).show('reports/nightly-with-a-long-name.json', 50, 100, 12)
  const [line] = screen.written
  expect(line).toContain('█'.repeat(12) + '░'.repeat(12))
  expect(line).toContain(' 50 %  12 records  repor')
  expect(line?.replace('\r\u001B[2K', '').length).toBeLessThan(50)
})

test('it draws at most ten times a second', () => {
  const screen = terminal(true)
  let now = 0
  const progress = progressOn(screen, () => now)
  for (; now < 1000; now += 10) progress.show('a.json', now, 1000, now)
  expect(screen.written).toHaveLength(10)
})

test('the bar is taken off the screen, once', () => {
  const screen = terminal(true)
  const progress = progressOn(screen, () => 0)
  progress.clear()
  progress.show('a.json', 0, 0, 0)
  progress.clear()
  progress.clear()
  expect(screen.written).toHaveLength(2)
})

test('where there is no terminal nothing is drawn, and the log says how far it is every ten seconds', () => {
  const screen = terminal(false)
  let now = 0
  const progress = progressOn(screen, () => now)
  logged.length = 0
  progress.begin('a.json')
  for (; now <= 25_000; now += 500) progress.show('a.json', now, 50_000, now / 100)
  progress.clear()
  expect(screen.written).toEqual([])
  expect(logged).toEqual([
    'Reading a.json.',
    'Reading a.json: 20 %, 100 records.',
    'Reading a.json: 40 %, 200 records.',
  ])
})
