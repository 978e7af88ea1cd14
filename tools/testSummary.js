import { writeFileSync } from 'node:fs';

/** @typedef {{passed: number, failed: number, skipped: {name: string, reason: string}[]}} Summary */

/**
 * A vitest reporter that writes the counts of a run to the file named by SALUS_TEST_SUMMARY. A file that does not load and an error
 * outside of any test count as one failure each: a run in which they happen has not passed.
 */
export default class TestSummary {
  /**
   * @param {ReadonlyArray<import('vitest/node').TestModule>} modules
   * @param {ReadonlyArray<unknown>} errors
   */
  onTestRunEnd(modules, errors) {
    /** @type {Summary} */
    const summary = { passed: 0, failed: errors.length, skipped: [] };
    for (const module of modules) {
      const tests = [...module.children.allTests()];
      for (const test of tests) count(test, summary);
      if (!module.ok() && tests.every((test) => test.result().state !== 'failed')) summary.failed += 1;
    }
    const file = process.env.SALUS_TEST_SUMMARY;
    if (file) writeFileSync(file, JSON.stringify(summary));
  }
}

/** @param {import('vitest/node').TestCase} test @param {Summary} summary */
function count(test, summary) {
  const result = test.result();
  if (result.state === 'passed') summary.passed += 1;
  else if (result.state === 'failed') summary.failed += 1;
  else if (result.state === 'skipped')
    summary.skipped.push({ name: test.fullName, reason: result.note ?? 'no reason given' });
  else summary.skipped.push({ name: test.fullName, reason: 'it never ran' });
}
