// A reporter for node:test that writes one line of JSON per finished test, which scripts/test.mjs counts, and a last
// one at the end: a test file that ends early, by process.exit() for instance, does not write that.

/** `path` is the test's name below its suites' names; `kind` says what happened; `detail` is the reason or the error. */
export default async function* events(source) {
  const names = [];
  for await (const { type, data } of source) {
    if (type === 'test:start') names[data.nesting] = data.name;
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const error = data.details?.error;
    // A suite is no test, but one that was skipped, or failed by itself (in a hook), hides its tests.
    const isSuite = data.details?.type === 'suite';
    if (isSuite && data.skip === undefined && (type === 'test:pass' || error?.failureType === 'subtestsFailed')) continue;
    const kind = data.skip !== undefined ? 'skipped' : data.todo !== undefined ? 'todo' : type === 'test:pass' ? 'passed' : 'failed';
    const detail = kind === 'skipped' ? String(data.skip) : kind === 'failed' ? explain(error) : undefined;
    yield `${JSON.stringify({ kind, path: [...names.slice(0, data.nesting), data.name].join(' > '), detail })}\n`;
  }
  yield `${JSON.stringify({ kind: 'end' })}\n`;
}

function explain(error) {
  const cause = error?.cause ?? error;
  return cause?.stack ?? cause?.message ?? String(cause);
}
