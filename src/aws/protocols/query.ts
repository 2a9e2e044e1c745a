import type { HttpResponse } from '../../world/net.ts';
import type { ServiceModel } from '../model.ts';
import type { Failure, ParsedInput, ServiceCodec } from './protocol.ts';
import { queryNaming, readQueryInput } from './query-reader.ts';
import { readQueryTree } from './query-tree.ts';
import { wireCode } from './wire-code.ts';
import { element, escapeXml, writeXmlMembers } from './xml-writer.ts';

/** AWS Query, server side: a form in, XML out. */
export function createQueryCodec(model: ServiceModel): ServiceCodec {
  return {
    readInput(name, { body, query }): ParsedInput {
      const shape = model.operations[name]?.input;
      const missing: string[] = [];
      const tree = readQueryTree(body, query);
      return { input: shape === undefined ? {} : readQueryInput(model, shape, tree, queryNaming, missing), missing };
    },
    writeOutput(name, output, requestId): HttpResponse {
      const shape = model.operations[name]?.output;
      const result =
        shape === undefined
          ? ''
          : element(`${name}Result`, writeXmlMembers(model, shape, output ?? {}, { item: 'member' }));
      const metadata = element('ResponseMetadata', element('RequestId', requestId));
      return xmlResponse(
        200,
        requestId,
        `<${name}Response xmlns="${model.xmlNamespace}">${result}${metadata}</${name}Response>`,
      );
    },
  };
}

export function writeQueryError({ error, status, requestId, model }: Failure): HttpResponse {
  const xmlns = model?.xmlNamespace === undefined ? '' : ` xmlns="${model.xmlNamespace}"`;
  const members =
    model?.shapes[error.code] === undefined
      ? ''
      : writeXmlMembers(model, error.code, error.members, { item: 'member' });
  const fields =
    element('Type', status >= 500 ? 'Receiver' : 'Sender') +
    element('Code', escapeXml(wireCode(error, model))) +
    element('Message', escapeXml(error.message)) +
    members;
  const body = element('Error', fields) + element('RequestId', requestId);
  return xmlResponse(status, requestId, `<ErrorResponse${xmlns}>${body}</ErrorResponse>`);
}

export function xmlResponse(status: number, requestId: string, body: string): HttpResponse {
  return { status, headers: { 'content-type': 'text/xml;charset=UTF-8', 'x-amzn-requestid': requestId }, body };
}
