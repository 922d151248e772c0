import type { SinkSettings } from '../../sinks/settings.ts'

/** What of the findings a sink gets, in words; empty where it gets all of them whole. */
export function selectionOf({ filter = {}, omit = [], from }: Partial<SinkSettings>): string {
  const lists = Object.entries(filter).map(([name, values]) => `${name} ${values.join(' or ')}`)
  const parts = [
    ...(lists.length > 0 ? [`only ${lists.join(', ')}`] : []),
    ...(omit.length > 0 ? [`without ${omit.join(', ')}`] : []),
    ...(from === undefined || from === 'state' ? [] : [`from ${from}`]),
  ]
  return parts.join('; ')
}
