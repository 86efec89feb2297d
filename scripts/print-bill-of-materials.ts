// Writes which packages run with us, at which versions, for whoever installs ours: CycloneDX, as the lock file has it.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const { name } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
// From the lock file, so that it also names the binaries of other platforms than this one.
const ask = ['sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev', '--package-lock-only']
const bill = JSON.parse(execFileSync('npm', ask, { cwd: root, encoding: 'utf8' }))

// npm takes the name of the folder.
bill.metadata.component.name = name
writeFileSync(join(root, 'sbom.cdx.json'), `${JSON.stringify(bill, undefined, 2)}\n`)
