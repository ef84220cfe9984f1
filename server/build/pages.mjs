// Runs `next build`: the pages, into .next.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { projectRoot } from './files.mjs'

export async function buildPages() {
  const cli = join(projectRoot, 'node_modules/next/dist/bin/next')
  const output = []
  const code = await new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [cli, 'build'], {
      cwd: projectRoot,
      env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child.stdout.on('data', (chunk) => output.push(chunk))
    child.stderr.on('data', (chunk) => output.push(chunk))
    child.on('error', reject)
    child.on('close', resolve)
  })
  if (code !== 0) throw new Error(`The pages could not be built:\n${Buffer.concat(output).toString('utf8')}`)
}
