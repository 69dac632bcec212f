/** `npm run stack`: one stack for everybody on this machine, until Ctrl-C. Test runs find and use it. */
import { shareStack } from './shared-stack.ts';
import { startStack } from './start-stack.ts';

const asked = new Promise((resolve) => {
  process.on('SIGINT', resolve);
  process.on('SIGTERM', resolve);
});
const stack = await startStack({ services: ['kafka', 's3', 'postgres'] });
const unshare = await shareStack(stack.endpoints);
process.stdout.write(`${JSON.stringify(stack.endpoints, null, 2)}\nlogs: ${stack.directory}\n`);
const awake = setInterval(() => undefined, 60_000); // a promise alone keeps no process alive
await asked;
clearInterval(awake);
await unshare();
await stack.stop();
