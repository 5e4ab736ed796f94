#!/usr/bin/env node
import { endingOf, openProgram } from './commands/program.ts'

process.stdout.on('error', (error) => {
  // Whoever reads along may have had enough: `tickcast watch | head`.
  if ('code' in error && error.code === 'EPIPE') process.exit(0)
  throw error
})

try {
  await openProgram().parseAsync()
} catch (error) {
  const { code, text } = endingOf(error)
  process.stderr.write(text)
  process.exitCode = code
  // Threads and sockets that were opened before the failure must not keep a failed command alive.
  process.exit()
}
