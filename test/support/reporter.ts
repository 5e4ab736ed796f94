import type { Reporter, TestCase, TestModule } from 'vitest/node'

/** Closes a run with what was skipped, by name and with its reason, and one countable line. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests: TestCase[] = modules.flatMap((module) => [...module.children.allTests()])
    const count = (state: string) => tests.filter((test) => test.result().state === state).length
    const skipped = new Map<string, number>()
    for (const test of tests.filter((each) => each.result().state === 'skipped')) {
      const suite = test.fullName.split(' > ')[0] ?? test.fullName
      skipped.set(suite, (skipped.get(suite) ?? 0) + 1)
    }
    const lines = [...skipped].map(([suite, n]) => `  skipped ${n} test${n === 1 ? '' : 's'}: ${suite}`)
    process.stdout.write(
      `${['', ...lines, `${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`].join('\n')}\n`,
    )
  }
}
