/** Who decides about requests of a route. */
export interface Authorizer {
  readonly id: string;
  readonly name: string;
  /**
   * `REQUEST` and `TOKEN` call a Lambda function; `JWT` and `COGNITO_USER_POOLS` are kept, and
   * refuse at the edge.
   */
  readonly type: string;
  readonly uri: string | undefined;
  readonly payload: '1.0' | '2.0';
  /** `{ isAuthorized }` instead of a policy (payload 2.0). */
  readonly simple: boolean;
  /**
   * `method.request.header.X`, `$request.header.X`, `$context.…`: what the cache is keyed by, and
   * what must be there.
   */
  readonly identitySource: readonly string[];
  /** Seconds that an answer is kept; 0: not at all. */
  readonly ttl: number;
  /** What was given besides, and is given back. */
  readonly rest: Readonly<Record<string, unknown>>;
}

/** One route of an API: a method of a resource (REST), or a route key (HTTP). */
export interface Route {
  readonly id: string;
  /** `GET`, `ANY`. */
  readonly method: string;
  /** `/orders/{id}`, `/{proxy+}`; `$default` takes what no other does. */
  readonly path: string;
  readonly authorizationType: string;
  readonly authorizerId: string | undefined;
  /** REST: the resource that the method belongs to. */
  readonly resourceId: string | undefined;
  readonly rest: Readonly<Record<string, unknown>>;
}

/** A resource of a REST API. */
export interface Resource {
  readonly id: string;
  readonly parentId: string | undefined;
  readonly pathPart: string | undefined;
  readonly path: string;
}

/** What is deployed: routes and authorizers as they were then. */
export interface Deployment {
  readonly id: string;
  readonly createdAt: number;
  readonly description: string | undefined;
  readonly automatic: boolean;
  readonly routes: readonly Route[];
  readonly authorizers: ReadonlyMap<string, Authorizer>;
}

/** A stage points at what is deployed. */
export interface Stage {
  readonly name: string;
  readonly deploymentId: string | undefined;
  readonly autoDeploy: boolean;
  readonly variables: Readonly<Record<string, string>>;
  readonly description: string | undefined;
  readonly createdAt: number;
}

/** Everything inside one API. */
export interface Parts {
  readonly resources: Map<string, Resource>;
  readonly routes: Map<string, Route>;
  readonly integrations: Map<string, Readonly<Record<string, unknown>>>;
  readonly authorizers: Map<string, Authorizer>;
  readonly deployments: Map<string, Deployment>;
  readonly stages: Map<string, Stage>;
}

/** Answers of authorizers, kept for their time to live. */
export type AuthorizerCache = Map<string, { readonly until: number; readonly answer: unknown }>;
