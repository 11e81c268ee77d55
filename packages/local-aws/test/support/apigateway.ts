/** A certificate of the form that API Gateway asks for. */
export const certificateIn = (region: string): string =>
  `arn:aws:acm:${region}:111111111111:certificate/12345678-1234-1234-1234-123456789012`;

/** Errors of API Gateway. */
export const bad = { name: 'BadRequestException', $metadata: { httpStatusCode: 400 } };
export const missing = { name: 'NotFoundException', $metadata: { httpStatusCode: 404 } };
export const conflict = { name: 'ConflictException', $metadata: { httpStatusCode: 409 } };
export const notEmulated = { name: 'NotImplemented', $metadata: { httpStatusCode: 501 } };
