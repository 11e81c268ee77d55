/** A read whose answer is the same for every target that looks now. */
export type Shared = <T>(key: string, read: () => Promise<T>) => Promise<T>;

/** Reads shared by all targets that look at the same time, one scope for each service and place. */
export type SharedReads = (scope: string) => Shared;

/**
 * Lets whoever asks first ask the service, and gives the others the same answer. Make a new one for
 * each look: what was read before a write must not be taken for what holds after it.
 */
export function createSharedReads(): SharedReads {
  const answers = new Map<string, Promise<unknown>>();
  return (scope) =>
    <T>(key: string, read: () => Promise<T>): Promise<T> => {
      const name = `${scope} ${key}`;
      const answer = answers.get(name) ?? read();
      answers.set(name, answer);
      // The same key is always read in the same way.
      return answer as Promise<T>;
    };
}
