import type { HttpResponse } from '../../world/net.ts';
import type { FoundContainer } from './addresses.ts';
import { json } from './answers.ts';

/**
 * /associations/<type> names what of that type the container is given, such as `gpu`, and /associations/<type>/<name> gives
 * what the control plane said of one. Undefined for another path. Worded as the stock agent's.
 */
export function answerAssociations(version: 3 | 4, found: FoundContainer, rest: string): HttpResponse | undefined {
  const [, type, name] = /^\/associations\/([^/]+)(?:\/(.*))?$/.exec(rest) ?? [];
  if (type === undefined) return undefined;
  const { task, container } = found;
  const ofType = (task.payload.associations ?? []).filter((association) => association.type === type);
  if (name === undefined) {
    const names = ofType.filter(({ containers }) => containers.includes(container.name)).map((given) => given.name);
    return json(200, { Associations: names.length > 0 ? names : null });
  }
  if (name === '') return json(400, `V${version} container associations handler: unable to get association name`);
  const association = ofType.find((given) => given.name === name);
  if (!association) {
    return json(
      400,
      `Unable to write container association response: unable to get association from association type ${type} and association name ${name}`,
    );
  }
  // What the control plane says is passed on unread: it is JSON, or nothing.
  return { status: 200, headers: { 'content-type': 'application/json' }, body: association.content?.value ?? '' };
}
