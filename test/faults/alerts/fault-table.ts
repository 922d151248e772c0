import type { SceneOutcome } from './fault-run.ts'

/** For people: which fault raised which alerts. */
export function faultTable(outcomes: readonly SceneOutcome[]): string {
  const rows = outcomes.map(({ scene, before, fired, left }) => [
    scene.fault,
    scene.raises.join(', ') || '–',
    before.join(', ') || '–',
    fired.join(', ') || '–',
    left.length === 0 ? 'yes' : `no: ${left.join(', ')}`,
  ])
  const head = ['fault', 'must raise', 'fired before it', 'fired in it', 'ended when mended']
  const lines = [head, head.map(() => '---'), ...rows]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
