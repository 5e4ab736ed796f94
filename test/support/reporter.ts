import type {
  Reporter,
  SerializedError,
  TestCase,
  TestModule,
  TestRunEndReason,
  TestSuite,
} from 'vitest/node'

/**
 * Closes a run with what failed outside any test (a hook, a file, a rejection that nobody caught), what passed only
 * when tried again and what did not run, by name, and one countable line. Each test counts once and each such failure once, so that `0 failed` means it.
 */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(
    modules: readonly TestModule[],
    unhandled: readonly SerializedError[],
    reason: TestRunEndReason,
  ): void {
    const tests: TestCase[] = modules.flatMap((module) => [...module.children.allTests()])
    const stateOf = (test: TestCase) => test.result().state
    const passed = tests.filter((test) => stateOf(test) === 'passed').length
    const failed = tests.filter((test) => stateOf(test) === 'failed').length
    const idle = tests.filter((test) => !['passed', 'failed'].includes(stateOf(test)))

    const outside = [
      ...modules.flatMap((module) => failuresOf(module, module.relativeModuleId)),
      ...unhandled.map((error) => `unhandled: ${firstLine(error)}`),
    ]
    // Nothing found to run, or stopped half-way: no test and no hook says so.
    if (reason !== 'passed' && failed + outside.length === 0) outside.push(`the run: ${reason}`)

    const again = tests.filter((test) => test.diagnostic()?.flaky === true)
    const left = new Map<string, number>()
    for (const test of idle) {
      const suite = test.fullName.split(' > ')[0] ?? test.fullName
      const kind = test.options.mode === 'skip' || test.options.mode === 'todo' ? 'skipped' : 'did not run'
      const name = `${kind} %: ${suite}`
      left.set(name, (left.get(name) ?? 0) + 1)
    }
    process.stdout.write(
      `${[
        '',
        ...outside.map((what) => `  failed outside any test: ${what}`),
        ...again.map(
          ({ module, fullName }) => `  passed at the second try: ${module.relativeModuleId}: ${fullName}`,
        ),
        ...[...left].map(([name, n]) => `  ${name.replace('%', `${n} test${n === 1 ? '' : 's'}`)}`),
        `${passed} passed, ${failed + outside.length} failed, ${idle.length} skipped`,
      ].join('\n')}\n`,
    )
  }
}

/** What went wrong in a file or block itself: its import, its body, its hooks. */
function failuresOf(part: TestModule | TestSuite, name: string): string[] {
  const suites = [...part.children].filter((child) => child.type === 'suite')
  return [
    ...part.errors().map((error) => `${name}: ${firstLine(error)}`),
    ...suites.flatMap((suite) => failuresOf(suite, `${name} > ${suite.name}`)),
  ]
}

const firstLine = ({ message }: SerializedError): string => message.split('\n')[0] ?? ''
