import type { ProcessIo } from './world.ts';

/**
 * What a process reaches in a world without AWS: nothing. Whatever is asked for fails, and says
 * what it was.
 *
 * @example
 * const world = { open: outsideAws, clock, target, oracle }
 */
export function outsideAws(): ProcessIo {
  const none = (what: string) => () => {
    throw new TypeError(`this world has no AWS, so no ${what}`);
  };
  return {
    client: none('client of an SDK'),
    fetch: none('network'),
    readObject: none('objects in S3'),
    put: none('uploads'),
    files: {
      get: none('files in a bucket'),
      put: none('files in a bucket'),
      has: none('files in a bucket'),
      remove: none('files in a bucket'),
      removeVersions: none('files in a bucket'),
    },
  };
}
