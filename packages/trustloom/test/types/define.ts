/** What `defineTrust` lets through and what it refuses, seen by the compiler; nobody runs it. */
import { defineTrust, openTrustloom } from 'trustloom';

const top = { name: 'acme', state: '222222222222/eu-west-1' } as const;
const groups = { devices: { from: './ca.pem', crls: ['./ca.crl'] }, partners: {} } as const;
const alb = { listeners: ['arn:aws:elasticloadbalancing:eu-west-1:222222222222:listener/app/edge/1/2'] };
const rolesAnywhere = { region: 'eu-west-1' };

/** One target of each kind, accounts of both forms, every group named. */
export const whole = defineTrust({
  ...top,
  groups,
  revocation: { grace: '24h' },
  accounts: { apps: { id: '222222222222' }, ca: { assumeRole: 'arn:aws:iam::111111111111:role/read' } },
  targets: {
    web: { account: 'apps', trust: ['devices'], cloudfront: { distributions: ['E2EXAMPLE1'], ocsp: true } },
    edge: { trust: ['devices', 'partners'], alb, anchors: 'issuing' },
    api: { trust: ['partners'], apiGateway: { domain: 'api.example.com' } },
    jobs: { trust: ['devices'], rolesAnywhere },
  },
});
/** It opens, and its groups are known by name. */
export const opened = openTrustloom(whole);
export const group: 'devices' | 'partners' = Object.keys(whole.groups)[0] as keyof typeof whole.groups;

// @ts-expect-error a group that is not defined
defineTrust({ ...top, groups, targets: { jobs: { trust: ['device'], rolesAnywhere } } });

// @ts-expect-error two kinds on one target
defineTrust({ ...top, groups, targets: { jobs: { trust: ['devices'], rolesAnywhere, alb } } });

// @ts-expect-error no kind at all
defineTrust({ ...top, groups, targets: { jobs: { trust: ['devices'] } } });

// @ts-expect-error a kind that does not exist
defineTrust({ ...top, groups, targets: { jobs: { trust: ['devices'], nlb: {} } } });

// @ts-expect-error a key that a kind does not have
defineTrust({ ...top, groups, targets: { edge: { trust: ['devices'], alb: { ...alb, ocsp: true } } } });

// @ts-expect-error a key that a group does not have
defineTrust({ ...top, groups: { devices: { form: './ca.pem' } }, targets: {} });

// @ts-expect-error a required key that is missing
defineTrust({ ...top, groups, targets: { edge: { trust: ['devices'], alb: {} } } });

// @ts-expect-error both an id and a role
defineTrust({ ...top, groups, accounts: { apps: { id: '2', assumeRole: 'arn' } }, targets: {} });
