// Writes src/api/schema.d.ts from the server's own description of itself; the program is hantu of this checkout.
// Left out: titles, which repeat names, and the answers of refusal, which all have the shape ErrorBody.
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import openapiTS, { astToString } from 'openapi-typescript'

const HANTU = '../.venv/bin/hantu'
const FILE = 'src/api/schema.d.ts'

function slim(node, key = '') {
  if (Array.isArray(node)) return node.map((one) => slim(one))
  if (node === null || typeof node !== 'object') return node
  const kept = Object.entries(node).filter(([name, value]) => {
    if (name === 'title' && typeof value === 'string') return false
    return key !== 'responses' || name.startsWith('2')
  })
  return Object.fromEntries(kept.map(([name, value]) => [name, slim(value, name)]))
}

const described = JSON.parse(execFileSync(HANTU, ['api', 'openapi'], { maxBuffer: 64 * 1024 * 1024 }).toString())
const text = astToString(await openapiTS(slim(described)))
writeFileSync(FILE, `// Made by \`npm run schema\`; do not edit.\n${text}`)
