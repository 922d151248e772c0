/** Runs the command line again and again in one process: `{args, cwd, env}` comes by message, and a NUL ends each output. */
import { main } from '../../app/main.ts'

interface Asked {
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
}

// Every run listens for signals, as it would in a process of its own.
process.setMaxListeners(0)
process.on('message', ({ args, cwd, env }: Asked) => {
  process.chdir(cwd)
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name]
  Object.assign(process.env, env)
  void main(args, (code) => process.exit(code)).then((code) => {
    process.stdout.write(`\0${code}\0`)
    process.stderr.write(`\0${code}\0`)
  })
})
