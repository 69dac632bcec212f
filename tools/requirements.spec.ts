import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findJava, javaCommand, mavenProblem, nodeProblem } from './requirements.mjs';

describe('what the machine must have', () => {
  let bin: string;
  beforeEach(async () => {
    bin = join(await mkdtemp(join(tmpdir(), 'requirements-')), 'bin');
    await mkdir(bin);
  });
  afterEach(() => rm(join(bin, '..'), { recursive: true }));

  async function program(name: string, script: string): Promise<void> {
    await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(bin, name), 0o755);
  }
  const java = (version: string): Promise<void> => program('java', `echo 'openjdk version "${version}"' >&2`);
  const problemOf = (): string | undefined => {
    const found = findJava({ PATH: bin });
    return 'problem' in found ? found.problem : undefined;
  };

  it('without java it says in one sentence what to install, on Debian, on macOS, or with Docker', () => {
    expect(problemOf()).toMatch(/^[^\n]*java is not installed[^\n]*\.$/);
    for (const way of ['openjdk-17-jre-headless maven', 'brew install openjdk maven', 'docker compose up'])
      expect(problemOf()).toContain(way);
  });

  it.each(['1.8.0_392', '11.0.2', '16'])('java %s is too old', async (version) => {
    await java(version);
    expect(problemOf()).toContain(`version ${version}`);
  });

  it.each(['17', '17.0.15', '21.0.4', '25-ea'])('java %s will do', async (version) => {
    await java(version);
    expect(findJava({ PATH: bin })).toEqual({ version });
  });

  it("macOS's stand-in that only asks to install java is no java", async () => {
    await program('java', 'echo "Unable to locate a Java Runtime." >&2; exit 1');
    expect(problemOf()).toContain('java is not installed');
  });

  it('the java of JAVA_HOME comes first, where there is one', async () => {
    await java('17');
    expect(javaCommand({ JAVA_HOME: join(bin, '..') })).toBe(join(bin, 'java'));
    expect(javaCommand({ JAVA_HOME: '/nowhere' })).toBe('java');
    expect(javaCommand({})).toBe('java');
  });

  it('Maven is looked for on the path', async () => {
    expect(mavenProblem({ PATH: bin })).toContain('mvn is not installed');
    await program('mvn', '');
    expect(mavenProblem({ PATH: `/nowhere:${bin}` })).toBeUndefined();
  });

  it.each([
    ['18.20.0', true],
    ['20.19.4', true],
    ['20.19.5', false],
    ['20.20.2', false],
    ['24.0.0', false],
  ])('Node %s: refused is %s', (version, refused) => {
    expect(nodeProblem(version) !== undefined).toBe(refused);
  });
});
