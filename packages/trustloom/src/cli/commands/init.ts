import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TrustloomError } from '@trustloom/core';
import type { CliContext } from '../context.ts';

const template = `# yaml-language-server: $schema=./node_modules/trustloom/schema/trustloom.schema.json
# One definition of which CAs are trusted and which certificates are revoked; each target below follows it.
# Every key: docs/reference/definition.md. First steps: trustloom accept --all, check, plan, apply.
name: acme                                  # the mark on everything that is made for this definition
record: "222222222222/eu-west-1"            # account and region of the bucket that remembers what was applied

groups:                                     # CAs that belong together
  devices:
    from: ./ca.pem                          # a path, s3://bucket/key or https://...
    crls: ["http://crl.acme.example/ca.crl"] # revocation lists; http is fine, they are signed
  # With Serverless CA, instead of the two lines above:
  #   serverlessCa: { bucket: serverless-ca-external-dev-abc12 }

targets:                                    # places that must follow; keep those you have
  edge:
    trust: [devices]
    alb: { listeners: ["arn:aws:elasticloadbalancing:eu-west-1:222222222222:listener/app/edge/50dc6c495c0c9188/f2f7dc8efc522ab2"] }
  # web:  { trust: [devices], cloudfront: { distributions: [E2EXAMPLE1] } }
  # api:  { trust: [devices], apiGateway: { region: eu-west-1, domain: api.example.com } }
  # jobs: { trust: [devices], rolesAnywhere: { region: eu-west-1 } }   # hands out AWS credentials
`;

/** `init`: writes a commented definition; never over one that is there. Asks nothing. */
export async function init(context: CliContext, flags: { readonly import?: true }): Promise<number> {
  if (flags.import === true)
    throw new TrustloomError(
      'usage',
      '`init --import` is not built yet: write the definition by hand, and adopt a trust store with `trustStore:`',
    );
  const file = join(context.io.cwd, 'trustloom.yaml');
  try {
    await writeFile(file, template, { flag: 'wx' });
  } catch (cause) {
    throw new TrustloomError(
      'file-exists',
      `${file} cannot be written; it may be there already, and is left as it is`,
      { cause },
    );
  }
  context.result({ file }, `wrote ${file}`);
  context.note('edit it, then run `trustloom accept --all` and `trustloom check`');
  return 0;
}
