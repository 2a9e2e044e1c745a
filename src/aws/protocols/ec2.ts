import type { HttpResponse } from '../../world/net.ts';
import type { ServiceModel } from '../model.ts';
import type { Failure, ParsedInput, ServiceCodec } from './protocol.ts';
import { ec2Naming, readQueryInput } from './query-reader.ts';
import { readQueryTree } from './query-tree.ts';
import { xmlResponse } from './query.ts';
import { wireCode } from './wire-code.ts';
import { element, escapeXml, writeXmlMembers } from './xml-writer.ts';

/** The ec2 dialect of AWS Query: other names, lists without a level of their own, no result element. */
export function createEc2Codec(model: ServiceModel): ServiceCodec {
  return {
    readInput(name, { body, query }): ParsedInput {
      const shape = model.operations[name]?.input;
      const missing: string[] = [];
      const tree = readQueryTree(body, query);
      return { input: shape === undefined ? {} : readQueryInput(model, shape, tree, ec2Naming, missing), missing };
    },
    writeOutput(name, output, requestId): HttpResponse {
      const shape = model.operations[name]?.output;
      // What gives nothing says that it succeeded.
      const members =
        shape === undefined ? element('return', 'true') : writeXmlMembers(model, shape, output ?? {}, { item: 'item' });
      const body = element('requestId', requestId) + members;
      return xmlResponse(
        200,
        requestId,
        `${declaration}<${name}Response xmlns="${model.xmlNamespace}/">${body}</${name}Response>`,
      );
    },
  };
}

export function writeEc2Error({ error, status, requestId, model }: Failure): HttpResponse {
  const fields = element('Code', escapeXml(wireCode(error, model))) + element('Message', escapeXml(error.message));
  const body = element('Errors', element('Error', fields)) + element('RequestID', requestId);
  return xmlResponse(status, requestId, `${declaration}<Response>${body}</Response>`);
}

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
