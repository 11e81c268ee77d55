/**
 * The local AWS in a process of its own, so that its memory is its alone. Talks to its parent by
 * messages.
 */
import { createJumpClock, startLocalAws } from '../../src/index.ts';
import { comparable, countingRandom } from './random.ts';

/** What the parent asks. */
export type Question = 'state' | 'reset' | 'memory' | 'edges';

// Time stands still, so that two runs write the same times; everything is ready at the next
// request.
const clock = createJumpClock(Number(process.argv[2]));
const aws = await startLocalAws({ clock, settle: { ms: 0 }, random: countingRandom() });

const answers: Readonly<Record<Question, () => unknown>> = {
  state() {
    aws.settle();
    return comparable(aws.state());
  },
  reset: () => aws.reset(),
  memory() {
    global.gc?.();
    return { heap: process.memoryUsage().heapUsed, rss: process.memoryUsage().rss };
  },
  edges: () =>
    aws.edges().map(({ host, port, protocol, hosts }) => ({ host, port, protocol, name: hosts[0] })),
};

process.on('message', async (question: Question) => process.send?.({ answer: await answers[question]() }));
process.on('disconnect', () => process.exit());
process.send?.({ answer: aws.url });
