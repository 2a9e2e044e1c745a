import { invalidTag } from './errors.ts';

export type Tags = Readonly<Record<string, string>>;

/** Checks a set of tags, such as a Tagging element holds. */
export function readTags(
  set: readonly { readonly Key: string | undefined; readonly Value: string | undefined }[],
  most: number,
): Tags {
  const tags: Record<string, string> = {};
  for (const { Key: key = '', Value: value = '' } of set) {
    if (Object.hasOwn(tags, key)) throw invalidTag('Cannot provide multiple Tags with the same key');
    if (key.length < 1 || key.length > 128 || !isTagText(key))
      throw invalidTag('The TagKey you have provided is invalid');
    if (value.length > 256 || !isTagText(value)) throw invalidTag('The TagValue you have provided is invalid');
    if (/^aws:/i.test(key)) throw invalidTag('System tags cannot be added/updated by requester');
    tags[key] = value;
  }
  if (Object.keys(tags).length > most) throw invalidTag(`Object tags cannot be greater than ${most}`);
  return tags;
}

/** Of the x-amz-tagging header: a query string. */
export function readTaggingHeader(text: string | undefined, most: number): Tags {
  if (text === undefined || text === '') return {};
  const pairs = text.split('&').map((pair) => {
    const mark = pair.indexOf('=');
    return {
      Key: decode(mark === -1 ? pair : pair.slice(0, mark)),
      Value: decode(mark === -1 ? '' : pair.slice(mark + 1)),
    };
  });
  return readTags(pairs, most);
}

export function tagSet(tags: Tags): { readonly Key: string; readonly Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

function isTagText(text: string): boolean {
  return /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(text);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw invalidTag('The header x-amz-tagging is not a query string.');
  }
}
