import type { Member, ServiceModel } from '../model.ts';
import { readSimpleText } from './rest-members.ts';
import { isSimple, shapeOf } from './shape.ts';
import type { XmlNode } from './xml-reader.ts';

/** What an element holds, by its shape. Elements that the model does not know are left out; `walk.refuse` throws. */
export function readXmlValue(model: ServiceModel, member: Member, node: XmlNode, walk: XmlWalk): unknown {
  const shape = shapeOf(model, member.shape);
  if (isSimple(shape)) {
    const text = shape.kind === 'string' ? node.text : node.text.trim();
    const value = readSimpleText(shape.kind, text, member.timestampFormat ?? 'date-time');
    return value === undefined ? walk.refuse(node.name, text) : value;
  }
  switch (shape.kind) {
    case 'structure':
    case 'union': {
      const read: Record<string, unknown> = {};
      for (const [name, of] of Object.entries(shape.members)) {
        if (of.location !== undefined) continue;
        const value = readMember(model, name, of, node, walk);
        if (value !== undefined) read[name] = value;
        else if (shape.required.includes(name)) walk.missing.push(`${node.name}.${name}`);
      }
      return read;
    }
    case 'list': {
      const item = shape.member.wireName ?? 'member';
      return node.children
        .filter(({ name }) => name === item)
        .map((child) => readXmlValue(model, shape.member, child, walk));
    }
    case 'map':
      return walk.refuse(node.name, 'a map'); // no input of a rest-xml service here has one
  }
}

export interface XmlWalk {
  /** Takes the paths of required members that are not there. */
  readonly missing: string[];
  readonly refuse: (name: string, value: string) => never;
}

function readMember(model: ServiceModel, name: string, member: Member, parent: XmlNode, walk: XmlWalk): unknown {
  const wireName = member.wireName ?? name;
  if (member.attribute) return parent.attributes.get(wireName);
  const held = parent.children.filter((child) => child.name === wireName);
  const shape = shapeOf(model, member.shape);
  if (shape.kind === 'list' && member.flattened) {
    return held.length === 0 ? undefined : held.map((child) => readXmlValue(model, shape.member, child, walk));
  }
  const [first] = held;
  return first && readXmlValue(model, member, first, walk);
}
