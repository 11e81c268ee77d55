import type { Random } from './random.ts';
import type { WireRequest, WireResponse } from './services/service.ts';
import type { Content } from './world.ts';

/** Published bytes, and the answer to a request for them. */
export interface ContentStore extends Content {
  answer(request: WireRequest): WireResponse | undefined;
  clear(): void;
}

const PREFIX = '/_local/content/';

/** Keeps published bytes in memory until their URL has expired. */
export function createContent(url: () => string, wall: () => number, random: Random): ContentStore {
  const kept = new Map<string, { body: Uint8Array; contentType: string; signature: string; until: number }>();
  return Object.freeze({
    publish(body, { name, contentType, seconds }) {
      for (const [path, entry] of kept) if (entry.until < wall()) kept.delete(path);
      const path = `${PREFIX}${random.hex(16)}/${encodeURIComponent(name)}`;
      const signature = random.hex(64);
      kept.set(path, { body: body.slice(), contentType, signature, until: wall() + seconds * 1000 });
      return `${url()}${path}?X-Amz-Expires=${seconds}&X-Amz-Signature=${signature}`;
    },
    answer(request) {
      if (!request.path.startsWith(PREFIX)) return undefined;
      const entry = kept.get(request.path);
      if (!entry || entry.until < wall() || request.query.get('X-Amz-Signature') !== entry.signature) {
        const body =
          '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>';
        return { status: 403, headers: { 'content-type': 'application/xml' }, body };
      }
      return { status: 200, headers: { 'content-type': entry.contentType }, body: entry.body };
    },
    clear: () => kept.clear(),
  } satisfies ContentStore);
}
