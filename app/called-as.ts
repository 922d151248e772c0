/** What a person types to call this program again: in a clone, by npm; else by its name. */
export function calledAs(environment: NodeJS.ProcessEnv = process.env): string {
  const { npm_lifecycle_event: script } = environment
  return script === 'posture-stream' || script === 'start' ? 'npm run posture-stream --' : 'posture-stream'
}
