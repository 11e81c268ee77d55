import { strict as assert } from 'node:assert';
import type { Service } from '@trustloom/core/adapter';
import { albEdits, albOracle, type ContractOptions, knock, makeAlb, onLocalAws } from '../src/index.ts';

/** The suite's options for a fake service, or a broken one. */
export function fakeOptions(service: Service): ContractOptions {
  return {
    name: 'fake',
    service,
    worlds: onLocalAws({
      async setup(stage) {
        const { local, accountRegion } = stage;
        const where = { local, ...accountRegion };
        const { listenerArn } = await makeAlb(where);
        return {
          target: { listener: listenerArn },
          oracle: albOracle(local, accountRegion, listenerArn),
          async admits(client) {
            const edge = local.edges().find(({ resource }) => resource === listenerArn);
            return edge !== undefined && (await knock(edge, client)) === 200;
          },
          edits: albEdits(stage, listenerArn),
          async foreign() {
            const other = await makeAlb(where, 'other');
            const look = () => {
              const [elb] = local.state().elbv2;
              return JSON.stringify(elb?.state.listeners.get(other.listenerArn)?.mutual ?? null);
            };
            const before = look();
            return () => assert.equal(look(), before);
          },
        };
      },
    }),
  };
}
