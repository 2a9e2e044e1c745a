/** A header's name as AWS spells it. Names mean the same in any case, but some clients look for AWS's (fluent-bit: `ETag:`). */
export function headerSpelling(name: string): string {
  return spellings.get(name) ?? name;
}

/** Flat, as Node keeps them: name, value, name, value. */
export function spelled(headers: Readonly<Record<string, string>>): string[] {
  const list: string[] = [];
  for (const [name, value] of Object.entries(headers)) list.push(headerSpelling(name), value);
  return list;
}

/** Those that AWS does not write in lower case; `x-amz-…` it does. */
const names = [
  'Accept-Ranges',
  'Cache-Control',
  'Content-Disposition',
  'Content-Encoding',
  'Content-Language',
  'Content-Length',
  'Content-Range',
  'Content-Type',
  'Docker-Content-Digest',
  'Docker-Distribution-Api-Version',
  'ETag',
  'Expires',
  'Last-Modified',
  'Link',
  'Location',
  'Range',
  'WWW-Authenticate',
  'x-amzn-ErrorType',
  'x-amzn-RequestId',
];

const spellings = new Map(names.map((name) => [name.toLowerCase(), name]));
