// Writes which packages run with us, at which versions, for whoever installs ours: CycloneDX, as the lock file has it.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

interface Component {
  readonly 'bom-ref': string
  readonly properties: readonly { readonly name: string; readonly value: string }[]
}
interface Edges {
  readonly ref: string
  readonly dependsOn: readonly string[]
}

const root = join(import.meta.dirname, '..')
const { name, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
// From the lock file, so that it also names the binaries of other platforms than this one.
const ask = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only']
const bill = JSON.parse(execFileSync('npm', ask, { cwd: root, encoding: 'utf8' }))

// `--omit dev` would leave out what we need ourselves and something for development needs as well.
bill.components = bill.components.filter(({ properties }: Component) =>
  properties.every((property) => property.name !== 'cdx:npm:package:development'),
)
const ours = bill.metadata.component['bom-ref']
const kept = new Set<string>(bill.components.map((component: Component) => component['bom-ref']))
const isOurTool = (ref: string) => Object.hasOwn(devDependencies, ref.slice(0, ref.lastIndexOf('@')))
bill.dependencies = bill.dependencies
  .filter(({ ref }: Edges) => ref === ours || kept.has(ref))
  .map(({ ref, dependsOn }: Edges) => ({
    ref,
    dependsOn: dependsOn.filter((target) => kept.has(target) && !(ref === ours && isOurTool(target))),
  }))

// npm takes the name of the folder.
bill.metadata.component.name = name
writeFileSync(join(root, 'sbom.cdx.json'), `${JSON.stringify(bill, undefined, 2)}\n`)
