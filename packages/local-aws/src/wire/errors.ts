/** Errors as each protocol writes them. */
import type { ServiceError, WireRequest, WireResponse } from '../services/service.ts';
import { DECLARATION } from './bind.ts';

const escapeXml = (text: string): string => text.replace(/[<>&"]/g, (char) => `&#${char.charCodeAt(0)};`);

const extras = (error: ServiceError): string =>
  Object.entries(error.extra)
    .map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`)
    .join('');

/** `<Error>` alone, as S3 does; nothing in the answer to a HEAD. */
export function s3Error(error: ServiceError, request: WireRequest, requestId: string): WireResponse {
  const body =
    `${DECLARATION}<Error><Code>${escapeXml(error.code)}</Code><Message>${escapeXml(error.message)}</Message>` +
    `${extras(error)}<RequestId>${requestId}</RequestId></Error>`;
  const none = request.method === 'HEAD' || error.status === 304;
  return {
    status: error.status,
    headers: { 'content-type': 'application/xml', ...error.headers },
    body: none ? '' : body,
  };
}

/** `<ErrorResponse>`, as CloudFront, ELBv2 and STS do. */
export function wrappedError(error: ServiceError, requestId: string, xmlns: string): WireResponse {
  const type = error.status >= 500 ? 'Receiver' : 'Sender';
  const body =
    `${DECLARATION}<ErrorResponse xmlns="${xmlns}"><Error><Type>${type}</Type><Code>${escapeXml(error.code)}</Code>` +
    `<Message>${escapeXml(error.message)}</Message>${extras(error)}</Error>` +
    `<RequestId>${requestId}</RequestId></ErrorResponse>`;
  return { status: error.status, headers: { 'content-type': 'text/xml', ...error.headers }, body };
}
