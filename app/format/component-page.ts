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
  const { stage, name, summary, takes, settings, example, access } = component
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
  ]
}

function settingLines(settings: readonly Setting[], paint: Paint, columns: number): string[] {
  return settings.flatMap((setting) => {
    const facts = factsOf(setting)
    const fits = INDENT.length * 2 + setting.path.length + facts.length <= columns
    const below = (text: string): string[] => wrap(text, columns - DEEPER.length).map((line) => DEEPER + line)
    return [
      `${INDENT}${setting.path}${fits ? `${INDENT}${paint.dim(facts)}` : ''}`,
      ...(fits ? [] : below(facts).map((line) => paint.dim(line))),
      ...(setting.description === '' ? [] : below(setting.description)),
    ]
  })
}
