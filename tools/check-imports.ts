/** Holds every import of the tree against import-rules.ts. Fails as well when it did not see the whole tree. */
import { existsSync, globSync } from 'node:fs'
import { cruise, getAvailableTranspilers, type ICruiseResult, type IViolation } from 'dependency-cruiser'
import { folders, rules } from './import-rules.ts'

const PARSER = 'swc'
const SHOWN = 10

const complaints = await check()
for (const complaint of complaints) console.error(complaint)
if (complaints.length > 0) process.exitCode = 1

async function check(): Promise<string[]> {
  const files = sourceFiles()
  if (files.length === 0) return ['no TypeScript file found: run this from the root of the repository']
  // Without it the tool reads the files with a parser that only guesses at TypeScript, and says nothing.
  if (!getAvailableTranspilers().some(({ name, available }) => name === PARSER && available))
    return [`the import checker cannot parse TypeScript: @swc/core is not installed for this machine (npm ci)`]

  const { teachUsing } = await import('./swc-visitor.ts')
  teachUsing()
  const { modules, violations } = await cruiseTree(files)
  const found = [...violations, ...misplaced(files), ...unseen(files, new Set(modules))]
  if (found.length === 0) console.log(`${files.length} modules keep ${rules.length} import rules`)
  return found
}

function sourceFiles(): string[] {
  const exclude = (path: string) => /(^|\/)(node_modules|\.[^/]*)$/.test(path)
  return globSync('**/*.ts', { exclude }).toSorted()
}

async function cruiseTree(files: readonly string[]): Promise<{ modules: string[]; violations: string[] }> {
  const roots = [...folders.filter((folder) => existsSync(folder)), ...files.filter((file) => !file.includes('/'))]
  const { output } = await cruise(
    roots,
    {
      ruleSet: { forbidden: rules },
      validate: true,
      parser: PARSER,
      tsPreCompilationDeps: true,
      doNotFollow: { path: 'node_modules' },
    },
    { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types', 'default'] },
  )
  const { modules, summary } = output as ICruiseResult
  return { modules: modules.map(({ source }) => source), violations: summary.violations.map(sentence) }
}

function sentence({ rule, from, to, cycle }: IViolation): string {
  const path = cycle ? [from, ...cycle.map(({ name }) => name)].join(' → ') : `${from} imports ${to}`
  return `${rule.name}: ${path}`
}

function misplaced(files: readonly string[]): string[] {
  return files
    .filter((file) => file.includes('/') && !folders.some((folder) => file.startsWith(`${folder}/`)))
    .map((file) => `${file}: code stands in ${folders.join(', ')} and nowhere else`)
}

function unseen(files: readonly string[], seen: ReadonlySet<string>): string[] {
  const missing = files.filter((file) => !seen.has(file))
  if (missing.length === 0) return []
  const shown = missing.slice(0, SHOWN).join(', ')
  return [`the import checker saw ${files.length - missing.length} of ${files.length} files, not ${shown}`]
}
