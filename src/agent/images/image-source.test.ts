import assert from 'node:assert/strict';
import { test } from 'node:test';
import { imageSource } from './image-source.ts';

const digest = `sha256:${'ab'.repeat(32)}`;

const cases: readonly (readonly [image: string, endpoint: string, pull: string, name: string, isOwn: boolean])[] = [
  // by AWS's name, which the engine is made to know
  [
    '123456789012.dkr.ecr.us-east-1.amazonaws.com/team/app:v1',
    'http://127.0.0.1:4566',
    'localhost:4566/team/app:v1',
    '123456789012.dkr.ecr.us-east-1.amazonaws.com/team/app:v1',
    true,
  ],
  [
    '123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com/app',
    'http://localhost:4566',
    'localhost:4566/app',
    '123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com/app',
    true,
  ],
  [
    '123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/app:1',
    'http://server.example:4566',
    'server.example:4566/app:1',
    '123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/app:1',
    true,
  ],
  // by digest, where the engine only knows what it pulled
  [
    `123456789012.dkr.ecr.us-east-1.amazonaws.com/app@${digest}`,
    'http://127.0.0.1:4566',
    `localhost:4566/app@${digest}`,
    `localhost:4566/app@${digest}`,
    true,
  ],
  [
    `123456789012.dkr.ecr.us-east-1.amazonaws.com/app:v1@${digest}`,
    'http://127.0.0.1:4566',
    `localhost:4566/app:v1@${digest}`,
    `localhost:4566/app:v1@${digest}`,
    true,
  ],
  // by the server's own names
  ['localhost:4566/app:v1', 'http://127.0.0.1:4566', 'localhost:4566/app:v1', 'localhost:4566/app:v1', true],
  ['127.0.0.1:4566/app', 'http://127.0.0.1:4566', 'localhost:4566/app', '127.0.0.1:4566/app', true],
  ['localhost:4566/app', 'http://10.0.0.5:4566', '10.0.0.5:4566/app', 'localhost:4566/app', true],
  // elsewhere
  ['localhost:5000/app', 'http://127.0.0.1:4566', 'localhost:5000/app', 'localhost:5000/app', false],
  ['nginx', 'http://127.0.0.1:4566', 'nginx', 'nginx', false],
  ['library/nginx:1', 'http://127.0.0.1:4566', 'library/nginx:1', 'library/nginx:1', false],
  ['quay.io/org/app:1', 'http://127.0.0.1:4566', 'quay.io/org/app:1', 'quay.io/org/app:1', false],
  ['public.ecr.aws/app:1', 'http://127.0.0.1:4566', 'public.ecr.aws/app:1', 'public.ecr.aws/app:1', false],
];

for (const [image, endpoint, pull, name, isOwn] of cases) {
  test(`${image} is pulled as ${pull} by an agent of ${endpoint}`, () => {
    assert.deepEqual(imageSource(image, endpoint), { pull, name, isOwn });
  });
}

test('an agent that knows no endpoint pulls every image by its name', () => {
  const image = '123456789012.dkr.ecr.us-east-1.amazonaws.com/app:v1';
  assert.deepEqual(imageSource(image, undefined), { pull: image, name: image, isOwn: false });
});
