/**
 * A reporter of Vitest: a test that passed only when it was repeated is named, with what it failed by,
 * so that what is hidden on this machine can be mended before it fails on another.
 */
export default class FlakyReporter {
  /** @param {import('vitest/node').TestCase} test */
  onTestCaseResult(test) {
    if (!test.diagnostic()?.flaky) return;
    console.log(`flaky: ${test.module.relativeModuleId} > ${test.fullName}`);
    for (const { stack, message } of test.result().errors ?? []) console.log(stack ?? message);
  }
}
