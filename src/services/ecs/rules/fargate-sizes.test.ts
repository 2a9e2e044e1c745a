import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFargateSize } from './fargate-sizes.ts';
import { parseCpuUnits, parseMemoryMiB } from './task-size.ts';

test('Fargate has 74 sizes', () => {
  let sizes = 0;
  for (let cpuUnits = 64; cpuUnits <= 32_768; cpuUnits += 64) {
    for (let memoryMiB = 256; memoryMiB <= 245_760; memoryMiB += 256)
      if (isFargateSize(cpuUnits, memoryMiB)) sizes += 1;
  }
  assert.equal(sizes, 74);
});

test('sizes are read in units or in vCPU and GB', () => {
  const cpu = { '1024': 1024, '1 vCPU': 1024, '.5 vcpu': 512, '0.25vCPU': 256, '1 GB': undefined, '': undefined };
  for (const [text, units] of Object.entries(cpu)) assert.equal(parseCpuUnits(text), units, text);
  const memory = { '512': 512, '1GB': 1024, '0.5 gb': 512, '30 GB': 30_720, '1 vCPU': undefined, '-1': undefined };
  for (const [text, mebibytes] of Object.entries(memory)) assert.equal(parseMemoryMiB(text), mebibytes, text);
});
