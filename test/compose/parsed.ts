import type { CommandContext } from '../../app/commands/command-context.ts'
import { runProgram } from '../../app/program.ts'

/** What the program asks for once it has understood its arguments, and what it says. */
export async function parsed(args: readonly string[]): Promise<{ asked: string[]; said: string[] }> {
  const asked: string[] = []
  const said: string[] = []
  const load = async (file: string): Promise<never> => {
    asked.push(file)
    throw new Error('far enough')
  }
  const terminal = {
    columns: 100,
    colour: false,
    out: () => {},
    raw: () => {},
    err: (text: string) => void said.push(text),
  }
  const context = { terminal, load } as unknown as CommandContext
  await runProgram(args, context, { version: '1.2.3', setLogLevel: () => {} })
  return { asked, said }
}
