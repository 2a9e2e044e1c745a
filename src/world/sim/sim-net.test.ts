import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type HttpHandler, type Net, NetError, type Socket } from '../net.ts';
import { SimClock } from './sim-clock.ts';
import { simWorld } from './sim-world.ts';

test('hosts reach each other by name, not what listens on loopback, and not unknown names', async () => {
  const { sim, a, b } = twoHosts();
  const url = await serve(b.net);
  const { status } = await sim.clock.runUntilSettled(a.net.request({ method: 'GET', url, headers: {} }));
  assert.equal(status, 200);
  const local = await sim.clock.runUntilSettled(b.net.listen({ host: '127.0.0.1', port: 81 }, handler()));
  const get = (target: string) => sim.clock.runUntilSettled(a.net.request({ method: 'GET', url: target, headers: {} }));
  await assert.rejects(get(`http://b:${local.port}/`), /ECONNREFUSED/);
  await assert.rejects(get('http://nowhere/'), /ENOTFOUND/);
});

test('across a partition requests end at their limit and websockets hold back until it heals', async () => {
  const { sim, a, b } = twoHosts();
  const sockets: Socket[] = [];
  const url = await serve(b.net, (socket) => sockets.push(socket));
  const opening = a.net.openSocket({ url: url.replace('http', 'ws'), headers: {} });
  const socket = await sim.clock.runUntilSettled(opening);
  const got: unknown[] = [];
  sockets[0]?.onMessage((message) => got.push(message));
  sim.net.cut('a', 'b');
  socket.send('one');
  socket.send('two');
  const started = sim.clock.monotonicMs();
  const request = a.net.request({ method: 'GET', url, headers: {}, timeoutMs: 5000 });
  await assert.rejects(sim.clock.runUntilSettled(request), NetError);
  assert.equal(sim.clock.monotonicMs() - started, 5000);
  assert.deepEqual(got, []);
  assert.equal(socket.bufferedBytes, 6);
  sim.net.heal();
  await sim.clock.run();
  assert.deepEqual(got, ['one', 'two']);
  assert.equal(socket.bufferedBytes, 0);
});

test('a killed process resets its connections, and its port is free for the next', async () => {
  const { sim, a, b, hostB } = twoHosts();
  const url = await serve(b.net, () => undefined, new Promise(() => undefined));
  const socket = await sim.clock.runUntilSettled(a.net.openSocket({ url: url.replace('http', 'ws'), headers: {} }));
  const codes: number[] = [];
  socket.onClose((code) => codes.push(code));
  const request = a.net.request({ method: 'GET', url, headers: {} });
  sim.clock.after(20, () => hostB.crash('process'));
  await assert.rejects(sim.clock.runUntilSettled(request), /socket hang up/);
  await sim.clock.run();
  assert.deepEqual(codes, [1006]);
  assert.equal(await serve(hostB.boot().net), url);
});

test('by chance an answer is lost after the request was carried out, or the request is carried out twice', async () => {
  const { sim, a, b } = twoHosts();
  let served = 0;
  const url = await serve(b.net, undefined, undefined, () => (served += 1));
  const get = () => sim.clock.runUntilSettled(a.net.request({ method: 'GET', url, headers: {} }));
  sim.net.setFaults({ loseAnswer: 1 });
  await assert.rejects(get(), NetError);
  assert.equal(served, 1);
  sim.net.setFaults({ duplicateRequest: 1 });
  await get();
  await sim.clock.run();
  assert.equal(served, 3);
  sim.net.setFaults({ loseRequest: 1 });
  await assert.rejects(get(), NetError);
  assert.equal(served, 3);
});

function twoHosts() {
  const sim = simWorld('seed', { clock: new SimClock({ dueRunsByItself: true }), latencies: true });
  const hostA = sim.addHost('a');
  const hostB = sim.addHost('b');
  return { sim, a: hostA.boot(), b: hostB.boot(), hostB };
}

async function serve(
  net: Net,
  accept: (socket: Socket) => void = () => undefined,
  until: Promise<void> = Promise.resolve(),
  onRequest: () => void = () => undefined,
): Promise<string> {
  const { port } = await net.listen({ host: '0.0.0.0', port: 80 }, handler(accept, until, onRequest));
  return `http://b:${port}/`;
}

function handler(
  accept: (socket: Socket) => void = () => undefined,
  until: Promise<void> = Promise.resolve(),
  onRequest: () => void = () => undefined,
): HttpHandler {
  return {
    request: async () => {
      onRequest();
      await until;
      return { status: 200, headers: {}, body: 'served' };
    },
    upgrade: async () => accept,
  };
}
