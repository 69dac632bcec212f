/** `npm run stack`: one stack for everybody on this machine, until Ctrl-C. Test runs find and use it. */
import { shareStack } from './shared-stack.ts';
import { startStack } from './start-stack.ts';

const stack = await startStack({ services: ['kafka', 's3', 'postgres'] });
const unshare = await shareStack(stack.endpoints);
process.stdout.write(`${JSON.stringify(stack.endpoints, null, 2)}\nlogs: ${stack.directory}\n`);

let stopping = false;
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  await unshare();
  await stack.stop();
}
process.on('SIGINT', () => void stop());
process.on('SIGTERM', () => void stop());
setInterval(() => undefined, 2 ** 30).ref();
