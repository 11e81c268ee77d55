// The same as the command, from TypeScript: plan, read, apply what was read.
import { openTrustloom } from 'trustloom';

const trustloom = await openTrustloom('trustloom.yaml');
const plan = await trustloom.plan();
console.log(plan.summary);
const report = await trustloom.apply({
  approve: plan.digest,
  allow: ['enforce:web', 'enforce:edge', 'enforce:api'],
});
for (const { name, state, done } of report.targets) console.log(`${name}: ${state}, ${done.length} writes`);
process.exitCode = report.exitCode;
