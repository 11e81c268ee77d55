import { defineService, type Service } from '@trustloom/core/adapter';
import { observeNginx } from './observe.ts';
import { performNginx } from './perform.ts';
import { planNginx } from './plan/index.ts';
import { type Files, nodeFiles } from './port/files.ts';
import { renderNginx } from './render.ts';
import { nginxInfo } from './service.ts';
import { nginxAccountRegion, nginxTarget } from './target.ts';

export type { Files } from './port/files.ts';
export { nodeFiles } from './port/files.ts';
export { nginxInfo } from './service.ts';

/**
 * The two files that nginx reads client CAs and CRLs from.
 *
 * @param files the file system; tests give one that they watch
 * @example
 * const trustloom = await openTrustloom('trustloom.yaml', { services: [nginxFiles()] })
 */
export function nginxFiles(files: Files = nodeFiles): Service {
  return defineService({
    key: 'nginx',
    info: nginxInfo,
    schema: nginxTarget,
    accountRegion: nginxAccountRegion,
    attachments: ({ directory }) => [directory],
    render: renderNginx,
    observe: observeNginx,
    plan: planNginx,
    perform: performNginx,
    connect: async () => (await import('./port/index.ts')).nginxPort(files),
  });
}
