import type { Context } from '../service.ts';
import { mappedApi } from './apis.ts';
import { type ApiGatewayPlace, conflict, domainOf, type Mapping, newId, notFound } from './state.ts';

export function addMapping(
  place: ApiGatewayPlace,
  domainName: string,
  given: Omit<Mapping, 'id'>,
  ctx: Context,
): Mapping {
  const domain = domainOf(place, domainName);
  mappedApi(place, given.apiId);
  if (domain.mappings.some((one) => one.key === given.key))
    throw conflict('Base path already exists for this domain name');
  const mapping = { ...given, id: newId(ctx) };
  place.domains.set(domainName, { ...domain, mappings: [...domain.mappings, mapping] });
  return mapping;
}

export function mappingOf(
  place: ApiGatewayPlace,
  domainName: string,
  which: (one: Mapping) => boolean,
): Mapping {
  const mapping = domainOf(place, domainName).mappings.find(which);
  if (!mapping) throw notFound('Invalid base path mapping identifier specified');
  return mapping;
}

export function removeMapping(place: ApiGatewayPlace, domainName: string, mapping: Mapping): void {
  const domain = domainOf(place, domainName);
  place.domains.set(domainName, {
    ...domain,
    mappings: domain.mappings.filter((one) => one.id !== mapping.id),
  });
}
