/** One element of an XML document, as far as AWS's requests go: names without their prefixes, text without comments. */
export interface XmlNode {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlNode[];
  readonly text: string;
}

/**
 * Reads a document, or gives undefined where it is not well-formed. There are no document type declarations: nothing that
 * an entity could be but the five of XML itself, and so nothing that expands.
 */
export function readXml(text: string): XmlNode | undefined {
  const open: OpenNode[] = [];
  let root: XmlNode | undefined;
  let at = text.startsWith('\ufeff') ? 1 : 0;
  while (at < text.length) {
    const next = text.indexOf('<', at);
    const between = text.slice(at, next === -1 ? text.length : next);
    if (between !== '') {
      const top = open.at(-1);
      const decoded = decodeText(between);
      if (decoded === undefined) return undefined;
      if (top) top.text += decoded;
      else if (between.trim() !== '') return undefined;
    }
    if (next === -1) break;
    const special = readSpecial(text, next, open.at(-1));
    if (special !== undefined) {
      at = special;
      continue;
    }
    tag.lastIndex = next;
    const found = tag.exec(text);
    if (!found) return undefined;
    at = tag.lastIndex;
    const [, closing, name = '', attributes = '', empty] = found;
    if (closing === '/') {
      const ended = open.pop();
      if (!ended || ended.qualifiedName !== name || attributes.trim() !== '' || empty === '/') return undefined;
      if (!place(ended, open.at(-1))) return undefined;
      continue;
    }
    const started = startNode(name, attributes);
    if (!started || (open.length === 0 && root)) return undefined;
    if (empty === '/') {
      if (!place(started, open.at(-1))) return undefined;
    } else {
      if (open.length >= depthLimit) return undefined;
      open.push(started);
    }
  }
  return open.length === 0 ? root : undefined;

  function place(node: OpenNode, parent: OpenNode | undefined): boolean {
    const finished: XmlNode = node;
    if (parent) {
      parent.children.push(finished);
      return true;
    }
    if (root) return false;
    root = finished;
    return true;
  }
}

interface OpenNode extends XmlNode {
  readonly qualifiedName: string;
  readonly children: XmlNode[];
  text: string;
}

const depthLimit = 64;
const tag = /<(\/?)([A-Za-z_][\w.:-]*)((?:\s+[\w.:-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/y;
const attribute = /([\w.:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

/** Where the next token begins after a comment, a declaration or CDATA at this place; undefined where a tag stands. */
function readSpecial(text: string, at: number, top: OpenNode | undefined): number | undefined {
  for (const [start, end] of skipped) {
    if (!text.startsWith(start, at)) continue;
    const found = text.indexOf(end, at + start.length);
    return found === -1 ? undefined : found + end.length;
  }
  if (!top || !text.startsWith('<![CDATA[', at)) return undefined;
  const end = text.indexOf(']]>', at);
  if (end === -1) return undefined;
  top.text += text.slice(at + 9, end);
  return end + 3;
}

const skipped = [
  ['<!--', '-->'],
  ['<?', '?>'],
] as const;

function startNode(qualifiedName: string, attributeText: string): OpenNode | undefined {
  const attributes = new Map<string, string>();
  for (const [, name = '', double, single] of attributeText.matchAll(attribute)) {
    const value = decodeText(double ?? single ?? '');
    if (value === undefined || attributes.has(name)) return undefined;
    attributes.set(name, value);
  }
  const name = qualifiedName.slice(qualifiedName.indexOf(':') + 1);
  return { name, qualifiedName, attributes, children: [], text: '' };
}

/** Undefined where an entity is none of XML's own. */
function decodeText(text: string): string | undefined {
  if (!text.includes('&')) return text;
  let isWhole = true;
  const decoded = text.replace(/&([^;&\s]{0,12};?)/g, (_, reference: string) => {
    const value = entityOf(reference);
    if (value === undefined) isWhole = false;
    return value ?? '';
  });
  return isWhole ? decoded : undefined;
}

function entityOf(reference: string): string | undefined {
  const known = Object.hasOwn(entities, reference) ? entities[reference] : undefined;
  if (known !== undefined) return known;
  const found = /^#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}));$/.exec(reference);
  const code = found?.[1] !== undefined ? Number.parseInt(found[1], 16) : Number(found?.[2] ?? Number.NaN);
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}

const entities: Readonly<Record<string, string>> = { 'amp;': '&', 'lt;': '<', 'gt;': '>', 'quot;': '"', 'apos;': "'" };
