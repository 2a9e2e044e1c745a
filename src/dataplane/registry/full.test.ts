import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFull } from './full.ts';

test('a full disk is known by its code, however deep it is the cause', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  const quota = Object.assign(new Error('EDQUOT: disk quota exceeded, write'), { code: 'EDQUOT' });
  for (const error of [full, quota, new Error('the commit failed', { cause: new Error('refused', { cause: full }) })]) {
    assert.ok(isFull(error));
  }
  const other = Object.assign(new Error('EIO: no space left on device'), { code: 'EIO' });
  for (const error of [other, new Error('failed', { cause: other }), 'ENOSPC', undefined]) assert.ok(!isFull(error));
});
