import type { Setting } from '../config/settings-of.ts'
import { factsOf, takesSentence, type Described } from './described.ts'
import type { Paint } from './paint.ts'
import { wrap } from './text.ts'

const INDENT = '  '
const DEEPER = '      '

/** Everything about one component, for a terminal; `shared` are the settings that every component of its stage takes. */
export function componentPage(
  component: Described,
  shared: readonly Setting[],
  paint: Paint,
  columns: number,
): string[] {
  const { stage, name, summary, takes, settings, example, access, limits, errors } = component
  const codes = Object.entries(errors).toSorted(byCode)
  const heading = (text: string): string[] => ['', paint.bold(text)]
  return [
    `${paint.bold(name)} ${paint.dim(`(${stage})`)}`,
    ...wrap(`${summary}.`, columns),
    ...(takes === undefined ? [] : wrap(takesSentence(takes), columns)),
    ...heading('Settings'),
    ...(settings.length === 0 ? [`${INDENT}none`] : settingLines(settings, paint, columns)),
    ...heading(`Settings that every ${stage} takes`),
    ...settingLines(shared, paint, columns),
    ...heading('Example'),
    ...example.split('\n').map((line) => INDENT + line),
    ...(access === undefined ? [] : [...heading('Access'), ...access.split('\n')]),
    ...(limits.length === 0 ? [] : [...heading('Limits'), ...limits.flatMap((limit) => item(limit, columns))]),
    ...(codes.length === 0 ? [] : heading('Errors')),
    ...codes.flatMap(([code, note]) => [INDENT + code, ...below(note, columns)]),
  ]
}

function settingLines(settings: readonly Setting[], paint: Paint, columns: number): string[] {
  return settings.flatMap((setting) => {
    const facts = factsOf(setting)
    const fits = INDENT.length * 2 + setting.path.length + facts.length <= columns
    return [
      `${INDENT}${setting.path}${fits ? `${INDENT}${paint.dim(facts)}` : ''}`,
      ...(fits ? [] : below(facts, columns).map((line) => paint.dim(line))),
      ...(setting.description === '' ? [] : below(setting.description, columns)),
    ]
  })
}

/** By the code, so that one is found by eye. */
export function byCode([one]: readonly [string, string], [other]: readonly [string, string]): number {
  return one < other ? -1 : 1
}

function below(text: string, columns: number): string[] {
  return wrap(text, columns - DEEPER.length).map((line) => DEEPER + line)
}

function item(text: string, columns: number): string[] {
  return wrap(text, columns - 4).map((line, at) => (at === 0 ? '  - ' : '    ') + line)
}
