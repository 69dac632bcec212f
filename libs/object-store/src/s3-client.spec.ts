import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { withoutVersionWarning } from './s3-client.ts';

describe("the SDK's warning about this version of Node", () => {
  it('is not printed, while other warnings are', async () => {
    const warned = once(process, 'warning');
    withoutVersionWarning(() => {
      process.emitWarning('NodeVersionSupportWarning: please upgrade');
      process.emitWarning('something else');
    });
    const [warning] = await warned;
    expect(warning).toMatchObject({ message: 'something else' });
  });

  it('is only held back while a client is made, also when that fails', async () => {
    expect(() => withoutVersionWarning(() => expect.fail('no client'))).toThrow('no client');
    const warned = once(process, 'warning');
    process.emitWarning('NodeVersionSupportWarning: from somebody else');
    const [warning] = await warned;
    expect(String(warning)).toContain('from somebody else');
  });
});
