/**
 * Client certificate identity filters of Network Load Balancers. They are younger than the SDK's
 * schemas (guide, Client certificate filters, checked 2026-11), so they are taken off the form
 * before the schema reads it, and put back into the answer's XML. They are kept and given back; the
 * edge does not apply them.
 */
import type { Context } from '../service.ts';
import type { ElbState, IdentityFilters } from './state.ts';

const PREFIX = 'MutualAuthentication.ClientCertificateIdentityFilters.';

/** Takes the filters off a form; what is left is what the schema knows. */
export function withoutFilters(form: URLSearchParams): URLSearchParams {
  return new URLSearchParams([...form].filter(([name]) => !name.startsWith(PREFIX)));
}

/** The filters that a request sent. */
export function filtersOf({ request }: Context): IdentityFilters {
  const form = new URLSearchParams(new TextDecoder().decode(request.body));
  return Object.fromEntries(
    [...form]
      .filter(([name]) => name.startsWith(PREFIX))
      .map(([name, value]) => [name.slice(PREFIX.length), value]),
  );
}

/** Puts the filters of each listener into the XML that the schema wrote. */
export function withFilters(xml: string, state: ElbState): string {
  let out = xml;
  for (const listener of state.listeners.values()) {
    if (Object.keys(listener.filters).length === 0) continue;
    const at = out.indexOf(`<ListenerArn>${listener.arn}</ListenerArn>`);
    if (at < 0) continue;
    // Inside the same list member, before or after the ARN.
    const start = out.lastIndexOf('<member>', at);
    const end = out.indexOf('</MutualAuthentication>', start);
    if (start < 0 || end < 0) continue;
    const filters = `<ClientCertificateIdentityFilters>${toXml(listener.filters)}</ClientCertificateIdentityFilters>`;
    out = out.slice(0, end) + filters + out.slice(end);
  }
  return out;
}

/** `member.1.Field` as nested elements. */
function toXml(members: IdentityFilters): string {
  const groups = new Map<string, Record<string, string>>();
  for (const [name, value] of Object.entries(members)) {
    const [first = '', second, ...rest] = name.split('.');
    const indexed = first === 'member' && second !== undefined;
    const key = indexed ? `member ${second}` : first;
    const tail = indexed ? rest.join('.') : [second, ...rest].filter((part) => part !== undefined).join('.');
    const group = groups.get(key) ?? {};
    group[tail] = value;
    groups.set(key, group);
  }
  return [...groups]
    .map(([key, group]) => {
      const [element] = key.split(' ');
      const text = group[''];
      return `<${element}>${text === undefined ? toXml(group) : escaped(text)}</${element}>`;
    })
    .join('');
}

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
