import type { HttpRequest, HttpResponse } from '../../world/net.ts';
import type { TaskRecord } from '../state.ts';
import { json } from './answers.ts';

/**
 * POST /api/<id>/fault/v1/<kind>/<start|stop|status>. Tasks that enable fault injection are not run, so that the stock
 * agent's answer is the same for all that are. Undefined for another path.
 */
export function answerFault(request: HttpRequest, task: TaskRecord, rest: string): HttpResponse | undefined {
  if (!/^\/fault\/v1\/network-(blackhole-port|latency|packet-loss)\/(start|stop|status)$/.test(rest)) return undefined;
  if (request.method !== 'POST') return json(405, {});
  return json(400, { Error: `enableFaultInjection is not enabled for task: ${task.arn}` });
}
