import type { Context } from '../service.ts';
import { mappedApi } from './apis.ts';
import { type ApiGatewayState, conflict, domainOf, type Mapping, newId, notFound } from './state.ts';

export function addMapping(
  state: ApiGatewayState,
  domainName: string,
  given: Omit<Mapping, 'id'>,
  ctx: Context,
): Mapping {
  const domain = domainOf(state, domainName);
  mappedApi(state, given.apiId);
  if (domain.mappings.some((one) => one.key === given.key))
    throw conflict('Base path already exists for this domain name');
  const mapping = { ...given, id: newId(ctx) };
  state.domains.set(domainName, { ...domain, mappings: [...domain.mappings, mapping] });
  return mapping;
}

export function mappingOf(
  state: ApiGatewayState,
  domainName: string,
  which: (one: Mapping) => boolean,
): Mapping {
  const mapping = domainOf(state, domainName).mappings.find(which);
  if (!mapping) throw notFound('Invalid base path mapping identifier specified');
  return mapping;
}

export function removeMapping(state: ApiGatewayState, domainName: string, mapping: Mapping): void {
  const domain = domainOf(state, domainName);
  state.domains.set(domainName, {
    ...domain,
    mappings: domain.mappings.filter((one) => one.id !== mapping.id),
  });
}
