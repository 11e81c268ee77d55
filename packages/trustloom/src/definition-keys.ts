// Generated from the schema that reads definitions: `npm run generate`.

/** Keys at the top of a definition. */
export interface TopKeys {
  /** Name of the definition: the mark on everything that is made for it. */
  readonly name: string;
  /** Where the state lies: account and region. */
  readonly state: string;
  /**
   * Bucket for the state and uploads; default trustloom-{account}-{region}, which are the only
   * placeholders.
   */
  readonly bucket?: string;
  /** How long a stale CRL is used, and how fast a new one must be in force. */
  readonly revocation?: {
    /** How long a stale CRL is used where Trustloom owns the check; 0s denies at once. */
    readonly grace?: string;
    /** Longest acceptable time from a CRL's issue to its enforcement. */
    readonly maxLag?: string;
  };
}

/** CAs that belong together. */
export interface GroupKeys {
  /** Where the CA certificates are: a path, s3://bucket/key or https://... */
  readonly from?: string;
  /** Where the CRLs are; http:// is allowed too, since CRLs are signed. */
  readonly crls?: readonly string[];
  /** A Serverless CA: its bundle and both CRLs, by naming convention. */
  readonly serverlessCa?: {
    /** External bucket of the CA, as its Terraform output `external_s3_bucket_name`. */
    readonly bucket: string;
    /** Project of the CA; read off the bucket's name where that has the module's own form. */
    readonly project?: string;
    /** Environment of the CA; read off the bucket's name where that has the module's own form. */
    readonly env?: string;
    /** Environments whose objects carry no suffix; default prd and prod. */
    readonly prodEnvs?: readonly string[];
  };
  /** Account whose role reads the sources. */
  readonly account?: string;
  /** Longest life of a client certificate of this group, as 365d. */
  readonly leafLife?: string;
  /**
   * Where the serials that the CAs issued are, one a line in hex: a path, s3://bucket/key or
   * https://... A compact form of revoked serials is laid out so that it refuses none of the valid
   * ones.
   */
  readonly inventory?: string;
}

/** An account: its id, or the role to assume in it. */
export interface AccountKeys {
  /** Twelve digits, quoted; used with the credentials available. */
  readonly id?: string;
  /** ARN of a role to assume. */
  readonly assumeRole?: string;
  /** External id for the role. */
  readonly externalId?: string;
}

/** Keys that every target has. */
export interface TargetKeys {
  /** Name of an entry of `accounts`, or twelve digits (quoted). */
  readonly account?: string;
  /** AWS region, where the ARNs of the target do not tell it. */
  readonly region?: string;
  /**
   * What the target was called before, after it was renamed; needed where it has no listener,
   * distribution or domain by which it is known again.
   */
  readonly was?: string;
  /** external: somebody else owns the attachment; the content is kept, the attachment reported. */
  readonly attach?: 'managed' | 'external';
  /** issuing: only CAs that issue client certificates become anchors, which narrows reach. */
  readonly anchors?: 'all' | 'issuing';
}

/** The kinds of targets. A target has exactly one. */
export interface KindKeys {
  /** A trust store for CloudFront distributions. */
  readonly cloudfront: {
    /** Ids of the distributions that ask for client certificates. */
    readonly distributions: readonly string[];
    /**
     * required refuses clients without a trusted certificate; optional admits those without any;
     * passthrough hands every certificate on. Default "required".
     */
    readonly mode?: 'required' | 'optional' | 'passthrough';
    /**
     * Send the names of the trusted CAs to clients, so that they can choose a certificate. Default
     * false.
     */
    readonly advertiseCaNames?: boolean;
    /** Admit expired client certificates. Default false. */
    readonly ignoreExpiry?: boolean;
    /**
     * Ask the OCSP responder that each certificate names; certificates without one are then
     * refused. Default false.
     */
    readonly ocsp?: boolean;
    /**
     * How revoked serials stand in the KeyValueStore: exact takes about 190,000; compact about
     * 620,000, and refuses a valid certificate by mistake with a chance of at most 2^-41. Default
     * "exact".
     */
    readonly revocation?: 'exact' | 'compact';
    /** Id of an existing trust store to take over; needs the consent adopt:<id>. */
    readonly trustStore?: string;
  };
  /** A trust store for HTTPS listeners of an Application Load Balancer. */
  readonly alb: {
    /** ARNs of the HTTPS listeners that ask for client certificates; all in one region. */
    readonly listeners: readonly string[];
    /**
     * verify refuses clients without a trusted certificate; passthrough hands every certificate on;
     * off asks for none. Default "verify".
     */
    readonly mode?: 'verify' | 'passthrough' | 'off';
    /**
     * Send the names of the trusted CAs to clients, so that they can choose a certificate. Default
     * false.
     */
    readonly advertiseCaNames?: boolean;
    /** Admit expired client certificates. Default false. */
    readonly ignoreExpiry?: boolean;
    /** ARN of an existing trust store to take over; needs the consent adopt:<ARN>. */
    readonly trustStore?: string;
  };
  /** Mutual TLS of an API Gateway custom domain. */
  readonly apiGateway: {
    /** Name of the regional custom domain. */
    readonly domain: string;
    /** AWS region of the domain. */
    readonly region?: string;
    /**
     * By which API the domain is managed: rest (v1) or http (v2). Either works for any domain;
     * permissions differ. Default "rest".
     */
    readonly api?: 'rest' | 'http';
    /**
     * ARN of the Lambda function that refuses the revoked, as authorizers invoke it. Without it
     * revoked clients are admitted.
     */
    readonly authorizer?: string;
  };
  /** Trust anchors of IAM Roles Anywhere, one for each issuing CA. Hands out AWS credentials. */
  readonly rolesAnywhere: {
    /** AWS region of the trust anchors. */
    readonly region?: string;
    /** What `trustloom probe` asks for; without it this target is not probed. */
    readonly probe?: {
      /** ARN of the profile with which `trustloom probe` asks for a session. */
      readonly profile: string;
      /** ARN of the role that it asks for. */
      readonly role: string;
    };
  };
}
