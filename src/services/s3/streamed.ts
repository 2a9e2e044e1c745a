import type { Parsed } from '../../aws/operation.ts';
import type { ReceivedBody } from '../../aws/payload/received-body.ts';

/** The input of an operation whose body comes as a stream: the SDK's own type of it is what its clients may give. */
export type Streamed<Input> = Parsed<Omit<Input, 'Body'>> & { readonly Body?: ReceivedBody };

/** The output of one whose body goes out as a stream. */
export type Streaming<Output> = Omit<Output, 'Body'> & { readonly Body?: AsyncIterable<Uint8Array> };
