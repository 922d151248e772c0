/** Writes docs/reference from what the components say of themselves; `--check` fails when it differs from what is there. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { catalogs } from '../catalog.ts'
import { describeCollector, describeSink, settingsOfEvery } from '../format/described.ts'
import { errorGroups } from '../error-groups.ts'
import { errorsPage } from './errors-page.ts'
import { metricsPage } from './metrics-page.ts'
import { referencePage } from './reference-page.ts'

const check = process.argv.includes('--check')
const directory = join(import.meta.dirname, '../../docs/reference')
const pages = {
  'collectors.md': referencePage(
    'Collectors',
    catalogs.collectors.map(describeCollector),
    settingsOfEvery('collector', catalogs),
  ),
  'errors.md': errorsPage(errorGroups(catalogs)),
  'metrics.md': metricsPage(),
  'sinks.md': referencePage('Sinks', catalogs.sinks.map(describeSink), settingsOfEvery('sink', catalogs)),
}

const stale: string[] = []
for (const [name, text] of Object.entries(pages)) {
  const target = join(directory, name)
  if (existsSync(target) && readFileSync(target, 'utf8') === text) continue
  stale.push(`docs/reference/${name}`)
  if (check) continue
  mkdirSync(directory, { recursive: true })
  writeFileSync(target, text)
}
if (check && stale.length > 0) {
  console.error(`Out of date: ${stale.join(', ')}. Run \`npm run generate\` and commit the result.`)
  process.exitCode = 1
} else console.log(`${Object.keys(pages).length} pages of reference ${check ? 'up to date' : 'written'}`)
