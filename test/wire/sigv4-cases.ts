import { asReceived, sha256Hex } from './raw-signer.ts';

/** A raw request and its canonical form, in the manner of AWS's own suite for signers (.req and .creq). */
export interface CanonicalCase {
  readonly name: string;
  readonly request: string;
  readonly canonical: string;
}

const empty = sha256Hex('');
const date = 'X-Amz-Date:20150830T123600Z';
const host = 'Host:example.amazonaws.com';
const plainHeaders = 'host:example.amazonaws.com\nx-amz-date:20150830T123600Z\n';

function get(name: string, target: string, path: string, query = ''): CanonicalCase {
  return {
    name,
    request: `GET ${target} HTTP/1.1\n${host}\n${date}`,
    canonical: `GET\n${path}\n${query}\n${plainHeaders}\nhost;x-amz-date\n${empty}`,
  };
}

function headers(name: string, lines: string, canonicalLines: string, signed: string): CanonicalCase {
  return {
    name,
    request: `GET / HTTP/1.1\n${host}\n${lines}\n${date}`,
    canonical: `GET\n/\n\n${canonicalLines}\n\n${signed}\n${empty}`,
  };
}

const unreserved = '-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

export const canonicalCases: readonly CanonicalCase[] = [
  get('nothing but a slash', '/', '/'),
  get('an absolute-form target', 'http://elsewhere.example/a?b=c', '/a', 'b=c'),
  get('an absolute-form target without a path', 'http://elsewhere.example', '/'),
  get('an absolute-form target without a path but a query', 'http://elsewhere.example?b=c', '/', 'b=c'),
  get(
    'unreserved characters stay',
    `/${unreserved}?${unreserved}=${unreserved}`,
    `/${unreserved}`,
    `${unreserved}=${unreserved}`,
  ),
  get('a dot segment goes', '/./', '/'),
  get('a dot segment between goes', '/a/./b', '/a/b'),
  get('two dots take back a segment', '/a/b/..', '/a/'),
  get('two dots take back no more than there is', '/../../a', '/a'),
  get('two dots back to the root', '/a/..', '/'),
  get('slashes collapse', '//a///b//', '/a/b/'),
  get('an encoded space is encoded again', '/a%20b', '/a%2520b'),
  get('an encoded slash is no slash', '/a%2Fb', '/a%252Fb'),
  get('a lower-case escape in a path stays what it was', '/a%2fb', '/a%252fb'),
  get('a raw space in a path', '/a b', '/a%20b'),
  get('other characters of a path are encoded', "/a:b@c!$'()*+,;=", '/a%3Ab%40c%21%24%27%28%29%2A%2B%2C%3B%3D'),
  get('bytes of UTF-8 in a path', asReceived('/ሴ'), '/%E1%88%B4'),
  get('two bytes of UTF-8 in a path', asReceived('/é'), '/%C3%A9'),
  get('a query is sorted by name', '/?b=1&a=2', '/', 'a=2&b=1'),
  get('a query is sorted by value where names are equal', '/?a=2&a=1&a=10', '/', 'a=1&a=10&a=2'),
  get('a query is sorted by bytes', '/?a=1&B=2&_=3', '/', 'B=2&_=3&a=1'),
  get('names are sorted before values, not as one text', '/?a-b=1&a=2', '/', 'a=2&a-b=1'),
  get('a name without a value has an empty one', '/?a&b=', '/', 'a=&b='),
  get('a second equals sign belongs to the value', '/?a=b=c', '/', 'a=b%3Dc'),
  get('nothing between ampersands is nothing', '/?a=1&&b=2&', '/', 'a=1&b=2'),
  get('a plus in a query is a plus', '/?a=b+c', '/', 'a=b%2Bc'),
  get('an encoded space in a query', '/?a=b%20c', '/', 'a=b%20c'),
  get('a lower-case escape in a query is upper case in the canonical form', '/?a=%2f%3d', '/', 'a=%2F%3D'),
  get('an escape that was not needed goes', '/?%61=%7E', '/', 'a=~'),
  get('what is no escape is a percent sign', '/?a=%zz', '/', 'a=%25zz'),
  get('bytes of UTF-8 in a query', asReceived('/?ሴ=bar'), '/', '%E1%88%B4=bar'),
  get(
    'a signature in another spelling is an ordinary parameter',
    '/?x-amz-signature=2&X-Amz-Signature2=3',
    '/',
    'X-Amz-Signature2=3&x-amz-signature=2',
  ),
  headers(
    'spaces at the ends of a value go',
    'My:   a  ',
    `host:example.amazonaws.com\nmy:a\nx-amz-date:20150830T123600Z`,
    'host;my;x-amz-date',
  ),
  headers(
    'runs of spaces become one',
    'My:a   b   c',
    `host:example.amazonaws.com\nmy:a b c\nx-amz-date:20150830T123600Z`,
    'host;my;x-amz-date',
  ),
  headers(
    'also inside quotes',
    'My:"a   b"',
    `host:example.amazonaws.com\nmy:"a b"\nx-amz-date:20150830T123600Z`,
    'host;my;x-amz-date',
  ),
  headers(
    'tabs are spaces',
    'My:a\t\tb',
    `host:example.amazonaws.com\nmy:a b\nx-amz-date:20150830T123600Z`,
    'host;my;x-amz-date',
  ),
  headers(
    'a header given twice keeps the order received',
    'My:b\nMy:a',
    `host:example.amazonaws.com\nmy:b,a\nx-amz-date:20150830T123600Z`,
    'host;my;x-amz-date',
  ),
  headers(
    'a folded header is one line',
    'My:a\n   b\n   c',
    `host:example.amazonaws.com\nmy:a b c\nx-amz-date:20150830T123600Z`,
    'host;my;x-amz-date',
  ),
  headers(
    'an empty value',
    'My:',
    `host:example.amazonaws.com\nmy:\nx-amz-date:20150830T123600Z`,
    'host;my;x-amz-date',
  ),
  headers(
    'bytes of UTF-8 in a value',
    `My:${asReceived('né')}`,
    `host:example.amazonaws.com\nmy:${asReceived('né')}\nx-amz-date:20150830T123600Z`,
    'host;my;x-amz-date',
  ),
  headers('a header that is not signed does not count', 'My:a', plainHeaders.trimEnd(), 'host;x-amz-date'),
  {
    name: 'a form with a charset, and its body',
    request: `POST / HTTP/1.1\nContent-Type:application/x-www-form-urlencoded; charset=utf8\n${host}\n${date}\n\nParam1=value1`,
    canonical: `POST\n/\n\ncontent-type:application/x-www-form-urlencoded; charset=utf8\n${plainHeaders}\ncontent-type;host;x-amz-date\n${sha256Hex('Param1=value1')}`,
  },
  {
    name: 'a port in the Host',
    request: `GET / HTTP/1.1\nHost:localhost:4566\n${date}`,
    canonical: `GET\n/\n\nhost:localhost:4566\nx-amz-date:20150830T123600Z\n\nhost;x-amz-date\n${empty}`,
  },
];
