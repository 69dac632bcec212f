import type { Command } from 'commander';
import { examineBucket } from '../doctor/examine-bucket.ts';
import { examineKafka } from '../doctor/examine-kafka.ts';
import { examineWarehouse } from '../doctor/examine-warehouse.ts';
import { printFindings } from '../doctor/finding.ts';
import type { Report } from '../report.ts';
import type { Run } from '../run-command.ts';
import { warehouseNames } from '../toolbox.ts';
import type { Toolbox } from '../toolbox.ts';

const EXAMPLE = `
Writes and deletes small objects below _dopplershift/probes/. Exit code 1 when anything is wrong.
Example:
  dopplershift doctor --config /etc/dopplershift.yaml`;

export function addDoctor(program: Command, run: Run): void {
  program
    .command('doctor')
    .description('Look at Kafka, its topics, the bucket, the warehouses and the clocks; each ok or a remedy.')
    .addHelpText('after', EXAMPLE)
    .action((_typed: unknown, command: Command) => run(command, () => doctor));
}

async function doctor(tools: Toolbox): Promise<Report> {
  const parts = await Promise.all([
    examineKafka(tools),
    examineBucket(tools),
    ...warehouseNames(tools.config).map((name) => examineWarehouse(tools, name)),
  ]);
  const findings = parts.flat();
  const bad = findings.filter(({ state }) => state === 'wrong').length;
  const ok = bad === 0;
  const sum = ok ? 'nothing is wrong' : `${bad} ${bad === 1 ? 'thing is' : 'things are'} wrong`;
  return { data: { ok, findings }, text: `${printFindings(findings)}\n${sum}`, ok };
}
