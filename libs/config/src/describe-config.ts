import { envName } from './env-names.ts';
import type { Option } from './option.ts';
import { SECTION_LIST } from './schema.ts';
import type { Section } from './schema.ts';

const INTRODUCTION = `# Configuration

<!-- Generated from libs/config/src/sections by describeConfig(); do not edit. -->

One file and the environment. The file is YAML, JSON or EDN, by its ending; its path is given with
\`--config\` or in \`DOPPLERSHIFT_CONFIG\`.

- Every option can be set in the environment, under the name below; that wins over the file. An empty
  variable counts as not set. Lists are separated by commas.
- \`\${NAME}\` in a text of the file is replaced by that environment variable; a missing one is a problem.
  \`$\${\` is a plain \`\${\`.
- All problems are printed at once, one per line, and the process exits with 78. Unknown options are problems.
- EDN writes keys as keywords in kebab-case: \`{:watcher {:poll-interval-ms 1000}}\`.
- Without a file, the stack of docker-compose.yml on this machine is meant: bucket \`dopplershift\` at
  \`http://localhost:7070\`, brokers at \`localhost:9092\`, a warehouse \`main\` in PostgreSQL at
  \`localhost:5432\`. As soon as the environment sets anything of s3, or of warehouses, it has to say all
  that this section needs.
- A Blueshift \`config.edn\` works as it is. \`:key-pattern\` and \`:poll-interval\` go to section watcher,
  \`:credentials\` to section s3, \`:redshift-connections\` to section warehouses. The log reporter of
  \`:telemetry\` is the summary line; any other reporter is a warning. When its manifests carry a
  \`:jdbc-url\`, add \`:manifests {:allow-inline-urls true}\`.
`;

/** The text of docs/configuration.md. */
export function describeConfig(): string {
  const sections = SECTION_LIST.filter(([, section]) => !section.hidden).map(describeSection);
  return [INTRODUCTION, ...sections].join('\n');
}

function describeSection([name, section]: readonly [string, Section]): string {
  const head = ['| option | type | default | meaning | environment |', '| --- | --- | --- | --- | --- |'];
  const rows = Object.entries(section.options).map(([option, about]) => {
    const path = section.named ? [name, '<NAME>', option] : [name, option];
    return row(option, about, section.named ? namedEnv(path) : envName(path));
  });
  return [`## ${name}`, '', section.description, '', ...head, ...rows, ''].join('\n');
}

function row(option: string, about: Option, variable: string): string {
  const cells = [`\`${option}\``, about.type, about.fallback, about.description, `\`${variable}\``];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function namedEnv(path: readonly string[]): string {
  return envName(path.map((part) => (part === '<NAME>' ? 'NAME' : part))).replace('_NAME_', '_<NAME>_');
}
