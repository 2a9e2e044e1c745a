import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Reservation } from '../tables.ts';
import { reservationOf } from './reservation.ts';

type Case = readonly [
  name: string,
  definition: Parameters<typeof reservationOf>[0],
  overrides: Parameters<typeof reservationOf>[1],
  reserved: Partial<Reservation>,
];

const cases: readonly Case[] = [
  [
    'the sum of its containers, soft memory limits before hard ones',
    {
      containerDefinitions: [
        { name: 'a', cpu: 10, memory: 128 },
        { name: 'b', cpu: 20, memory: 256, memoryReservation: 64 },
        { name: 'c', memoryReservation: 32 },
      ],
    },
    {},
    { cpuUnits: 30, memoryMiB: 224, networkInterfaces: 0 },
  ],
  [
    'its own size where it has one',
    { cpu: '512', memory: '1024', containerDefinitions: [{ name: 'a', cpu: 10, memory: 128 }] },
    {},
    { cpuUnits: 512, memoryMiB: 1024 },
  ],
  [
    'what is overridden',
    { memory: '1024', containerDefinitions: [{ name: 'a', cpu: 10, memory: 128 }] },
    { memory: '2048', containerOverrides: [{ name: 'a', cpu: 30 }] },
    { cpuUnits: 30, memoryMiB: 2048 },
  ],
  [
    'host ports that are fixed, by protocol, and none that its agent chooses',
    {
      networkMode: 'bridge',
      containerDefinitions: [
        {
          name: 'a',
          portMappings: [
            { containerPort: 80, hostPort: 8080 },
            { containerPort: 81, hostPort: 0 },
            { containerPort: 82 },
            { containerPort: 53, hostPort: 53, protocol: 'udp' },
          ],
        },
      ],
    },
    {},
    { tcpPorts: [8080], udpPorts: [53] },
  ],
  [
    'a network interface and no host port for awsvpc',
    {
      networkMode: 'awsvpc',
      containerDefinitions: [{ name: 'a', portMappings: [{ containerPort: 80, hostPort: 80 }] }],
    },
    {},
    { tcpPorts: [], udpPorts: [], networkInterfaces: 1 },
  ],
  [
    'GPUs',
    {
      containerDefinitions: [
        { name: 'a', resourceRequirements: [{ type: 'GPU', value: '2' }] },
        { name: 'b', resourceRequirements: [{ type: 'GPU', value: '1' }] },
      ],
    },
    {},
    { gpus: 3 },
  ],
];

for (const [name, definition, overrides, reserved] of cases) {
  test(`a task reserves ${name}`, () => {
    const reservation = reservationOf(definition, overrides);
    assert.deepEqual({ ...reservation, ...reserved }, reservation);
  });
}
