import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const main = fileURLToPath(new URL('../../dist/tools/demo/main.js', import.meta.url));

describe('npm run demo', () => {
  it('proves what it claims, in plain lines where there is no terminal, and exits 0', async () => {
    const demo = spawn(process.execPath, [main], { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [demo.stdout, demo.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
    const [code] = await once(demo, 'exit');
    expect(said).toContain('✓ exactly the lost loads ran again');
    expect(said).toContain('broken.csv line 3, column value: Invalid digit');
    expect(said).toMatch(/flights\/flights\.csv\.gz → flights: visible, 200000 rows, after/);
    expect(said).toMatch(/weather: 1461 rows in Redshift [\d.]+, visible after/);
    expect(said).toContain('✓ several files for Redshift are one COPY');
    expect(said).toContain('✓ the replay of all requests changed nothing in Redshift');
    expect(said).not.toContain('\u001B[');
    expect(code, said).toBe(0);
  }, 300_000);
});
