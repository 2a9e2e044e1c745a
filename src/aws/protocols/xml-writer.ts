import { assert } from '../../core/assert.ts';
import type { Member, ServiceModel, SimpleShape, StructureShape } from '../model.ts';
import { encodeBase64 } from './base64.ts';
import { isSimple, shapeOf } from './shape.ts';

/** The members of a structure as XML elements, without an element around them. Undefined is left out. */
export function writeXmlMembers(model: ServiceModel, shapeName: string, value: unknown, names: XmlNames): string {
  const shape = model.shapes[shapeName];
  assert(shape && 'members' in shape, `${shapeName} is a structure`);
  assert(isObject(value), `${shapeName} is an object`);
  let xml = '';
  for (const [name, member] of Object.entries(shape.members)) {
    const held = value[name];
    if (member.location !== undefined || member.attribute) continue; // a header's, or of the element's own tag
    if (held !== undefined && held !== null) xml += writeMember(model, member, member.wireName ?? name, held, names);
  }
  return xml;
}

/** What a list calls its items where the model gives them no name. */
export interface XmlNames {
  readonly item: string;
}

function writeMember(model: ServiceModel, member: Member, tag: string, value: unknown, names: XmlNames): string {
  const shape = shapeOf(model, member.shape);
  if (isSimple(shape)) return element(tag, simpleText(shape.kind, member, value));
  switch (shape.kind) {
    case 'structure':
    case 'union':
      return element(tag, writeXmlMembers(model, member.shape, value, names), writeAttributes(shape, value));
    case 'list': {
      assert(Array.isArray(value), `${tag} is an array`);
      const item = member.flattened ? tag : (shape.member.wireName ?? names.item);
      const items = value.map((held: unknown) => writeMember(model, shape.member, item, held, names)).join('');
      return member.flattened ? items : element(tag, items);
    }
    case 'map': {
      assert(isObject(value), `${tag} is an object`);
      const entries = Object.entries(value).map(([key, held]) =>
        element(
          member.flattened ? tag : 'entry',
          element(shape.key.wireName ?? 'key', escapeXml(key)) +
            writeMember(model, shape.value, shape.value.wireName ?? 'value', held, names),
        ),
      );
      return member.flattened ? entries.join('') : element(tag, entries.join(''));
    }
  }
}

/** Members that rest-xml writes into the tag of their structure: the kind of a grantee is the one that S3 has. */
function writeAttributes(shape: StructureShape, value: unknown): string {
  let attributes = '';
  for (const [name, member] of Object.entries(shape.members)) {
    const held = member.attribute && isObject(value) ? value[name] : undefined;
    if (typeof held === 'string') attributes += ` ${member.wireName ?? name}="${escapeXml(held)}"`;
  }
  return attributes.includes(' xsi:')
    ? ` xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"${attributes}`
    : attributes;
}

function simpleText(kind: SimpleShape['kind'], member: Member, value: unknown): string {
  if (kind === 'timestamp') {
    assert(value instanceof Date, 'a timestamp is a Date');
    return member.timestampFormat === 'epoch-seconds' ? String(value.getTime() / 1000) : value.toISOString();
  }
  if (kind === 'blob') {
    assert(value instanceof Uint8Array, 'a blob is bytes');
    return encodeBase64(value);
  }
  return escapeXml(String(value));
}

export function element(tag: string, content: string, attributes = ''): string {
  return content === '' ? `<${tag}${attributes}/>` : `<${tag}${attributes}>${content}</${tag}>`;
}

/** Escapes what XML would read as its own. Characters that XML 1.0 cannot hold become U+FFFD: no escape is valid for them. */
export function escapeXml(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replace(/[&<>"'\r]|[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, (char) => escapes[char] ?? '\ufffd');
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '\r': '&#xD;',
};

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
