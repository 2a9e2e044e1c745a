// A reporter of node:test whose output is one JSON document at the end of a run: what failed, and how long each file took.
// tools/test.mjs says both at the end of its own output, where whoever opens the log of a CI run looks first.
import { relative } from 'node:path';
import { root } from './setup.mjs';

/** Failures are `{ file, line, name, reason }`, the name with those of the suites around it; files are `{ file, seconds }`. */
export default async function* testOutcome(events) {
  const failures = [];
  const files = [];
  // Starts and ends come in the order of the files, whatever ran side by side: the names so far are those around the next.
  const names = [];
  const complaints = new Map();
  for await (const { type, data } of events) {
    const file = data?.file === undefined ? undefined : relative(root, data.file);
    if (type === 'test:start') {
      names.length = data.nesting;
      names.push(data.name);
    } else if (type === 'test:stderr') {
      complaints.set(file, `${complaints.get(file) ?? ''}${data.message}`.slice(-4000));
    } else if (type === 'test:summary' && file !== undefined) {
      files.push({ file, seconds: data.duration_ms / 1000 });
    } else if (type === 'test:fail' && data.details.error.failureType !== 'subtestsFailed') {
      const name = [...names.slice(0, data.nesting), data.name].join(' > ');
      // A file that ends before its tests are known says why on standard error alone.
      const isFile = data.name === file || data.name === data.file;
      const reason = (isFile && complaints.get(file)?.trim()) || reasonOf(data.details.error);
      failures.push({ file, line: data.line, name, reason: firstLines(reason) });
    }
  }
  yield JSON.stringify({ failures, files });
}

function reasonOf(error) {
  const cause = error.cause ?? error;
  return typeof cause === 'string' ? cause : (cause?.message ?? String(cause));
}

function firstLines(text) {
  return text.split('\n').slice(0, 8).join('\n').trim();
}
