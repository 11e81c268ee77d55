/** The rules of the architecture about who may import whom. */
const adapters = 'packages/(alb|cloudfront|api-gateway|roles-anywhere)/';

/** The folders of core, lowest first: each imports only itself and what stands before it. */
const layers = [
  'util',
  'errors',
  'x509',
  'crl',
  'adapter',
  'preflight',
  'kit',
  'admission',
  'definition',
  'state',
  'plan',
  'apply',
  'report',
];

const climbs = layers.map((layer, index) => ({
  name: `core-${layer}-does-not-climb`,
  comment: `core: ${layer} may import ${['itself', ...layers.slice(0, index)].join(', ')}`,
  severity: 'error',
  from: { path: `^packages/core/src/${layer}/` },
  to: { path: `^packages/core/src/(?!(${layers.slice(0, index + 1).join('|')})/)` },
}));

module.exports = {
  forbidden: [
    ...climbs,
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'core-has-no-sdk',
      comment: 'core is pure: no SDK, no network, no files',
      severity: 'error',
      from: { path: '^packages/core/src' },
      to: { path: ['@aws-sdk|@smithy', '^(node:)?(fs|net|tls|http|https|child_process|dns)(/|$)'] },
    },
    {
      name: 'core-imports-nothing-of-ours',
      severity: 'error',
      from: { path: '^packages/core/src' },
      to: { path: '^packages/(?!core/)' },
    },
    {
      name: 'adapters-not-each-other',
      severity: 'error',
      from: { path: `^${adapters}src` },
      to: { path: `^${adapters}src`, pathNot: '^packages/$1/' },
    },
    {
      name: 'adapters-only-core',
      severity: 'error',
      from: { path: `^${adapters}src` },
      to: { path: '^packages/(aws|local-aws|testkit|trustloom)/' },
    },
    {
      name: 'aws-only-core',
      severity: 'error',
      from: { path: '^packages/aws/src' },
      to: { path: '^packages/(?!aws/|core/)' },
    },
    {
      name: 'local-aws-is-a-second-opinion',
      comment: 'it imports nothing of ours, its tests neither',
      severity: 'error',
      from: { path: '^packages/local-aws/' },
      to: { path: '^packages/(?!local-aws/)' },
    },
    {
      name: 'nothing-imports-the-command',
      severity: 'error',
      from: {
        pathNot: ['^packages/trustloom/src/cli/', '^packages/trustloom/bin/', '^packages/trustloom/test/'],
      },
      to: { path: '^packages/trustloom/src/cli/' },
    },
    {
      name: 'testkit-not-shipped',
      comment: 'test tools stay out of what users install',
      severity: 'error',
      from: { path: '^packages/(core|aws|alb|cloudfront|api-gateway|roles-anywhere|trustloom)/src' },
      to: { path: '^packages/testkit/' },
    },
    {
      name: 'x509-where-certificates-are-made',
      comment: 'the X.509 library is known in few places',
      severity: 'error',
      from: {
        pathNot: [
          '^packages/local-aws/src/edge/server-ca\\.ts$',
          '^packages/testkit/src/issue-certificate\\.ts$',
          '/test/',
          '^bench/',
        ],
      },
      to: { path: 'node_modules/@peculiar/x509' },
    },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      conditionNames: ['@trustloom/source', 'import', 'node', 'default'],
      exportsFields: ['exports'],
    },
  },
};
