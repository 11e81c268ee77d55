import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TrustloomError } from '@trustloom/core';
import type { CliContext } from '../context.ts';

const template = `# yaml-language-server: $schema=./node_modules/trustloom/schema/trustloom.schema.json
# One definition of which CAs are trusted and which certificates are revoked; each target below follows it.
# Every key: docs/reference/definition.md. First steps: trustloom accept --all, check, plan, apply.
name: acme                                  # in the ownership tag of everything made for it
state: "222222222222/eu-west-1"            # account and region of the bucket with the state

groups:                                     # CAs that belong together
  devices:
    from: ./ca.pem                          # a path, s3://bucket/key or https://...
    crls: ["http://crl.acme.example/ca.crl"] # CRLs; http is fine, they are signed
  # With Serverless CA, instead of the two lines above:
  #   serverlessCa: { bucket: serverless-ca-external-dev-abc12 }

targets:                                    # what must follow; keep those you have
  edge:
    trust: [devices]
    alb: { listeners: ["arn:aws:elasticloadbalancing:eu-west-1:222222222222:listener/app/edge/50dc6c495c0c9188/f2f7dc8efc522ab2"] }
  # web:  { trust: [devices], cloudfront: { distributions: [E2EXAMPLE1] } }
  # api:  { trust: [devices], apiGateway: { region: eu-west-1, domain: api.example.com } }
  # jobs: { trust: [devices], rolesAnywhere: { region: eu-west-1 } }   # hands out AWS credentials
`;

/** `init`: writes a commented definition; never over one that is there. Asks nothing. */
export async function init(context: CliContext): Promise<number> {
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
