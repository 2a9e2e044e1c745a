import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keysIn } from './shared-keys.ts';

const file = `
# keys of this machine
[default]
aws_access_key_id = AKIADEFAULT
aws_secret_access_key = first=secret
[ host ]
aws_access_key_id=AKIAHOST
region = us-east-1
AWS_SECRET_ACCESS_KEY=second
aws_session_token =  token
[half]
aws_access_key_id = AKIAHALF
`;

test('the keys of a profile are those of its section, as the AWS tools write it', () => {
  assert.deepEqual(keysIn(file, 'default'), { accessKeyId: 'AKIADEFAULT', secretAccessKey: 'first=secret' });
  const host = { accessKeyId: 'AKIAHOST', secretAccessKey: 'second', sessionToken: 'token' };
  assert.deepEqual(keysIn(file, 'host'), host);
  for (const profile of ['half', 'nobody', '']) assert.equal(keysIn(file, profile), undefined, profile);
});
