// A reporter for node:test that writes one line of JSON per finished test, which scripts/test.mjs counts, and per
// piece of standard error.

/** `path` is the test's name below its suites' names; `kind` says what happened; `detail` is the reason or the error. */
export default async function* events(source) {
  const names = [];
  for await (const { type, data } of source) {
    if (type === 'test:start') {
      names[data.nesting] = data.name;
      continue;
    }
    if (type === 'test:stderr') {
      yield `${JSON.stringify({ file: data.file, kind: 'said', detail: data.message })}\n`;
      continue;
    }
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const isSuite = data.details?.type === 'suite';
    const error = data.details?.error;
    // A suite is no test, but one that was skipped, or failed by itself (in a hook), hides its tests.
    if (isSuite && data.skip === undefined && (type === 'test:pass' || error?.failureType === 'subtestsFailed')) continue;
    const kind = data.skip !== undefined ? 'skipped' : data.todo !== undefined ? 'todo' : type === 'test:pass' ? 'passed' : 'failed';
    yield `${JSON.stringify({
      file: data.file,
      path: [...names.slice(0, data.nesting), data.name].join(' > '),
      kind,
      milliseconds: Math.round(data.details?.duration_ms ?? 0),
      detail: kind === 'skipped' ? String(data.skip) : kind === 'failed' ? explain(error) : undefined,
    })}\n`;
  }
}

function explain(error) {
  const cause = error?.cause ?? error;
  return cause?.stack ?? cause?.message ?? String(cause);
}
