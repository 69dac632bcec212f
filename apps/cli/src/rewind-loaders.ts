import { Failure } from '#contracts';
import { messagesOf, planRewind } from './plan-rewind.ts';
import type { Report } from './report.ts';
import { requireTopics } from './require-topics.ts';
import { textTable } from './text-table.ts';
import type { Toolbox } from './toolbox.ts';

const GROUP = 'loader';
const TYPE = 'load-requested';

/**
 * Sets all loaders back to a time: after a restore, exactly the lost loads run, because the ledger was
 * restored with the rows (design §4).
 * @throws Failure options-invalid while a loader runs: it would go on, and commit over what is set here
 */
export async function rewindLoaders(
  tools: Toolbox,
  how: { readonly from: number; readonly dryRun: boolean },
): Promise<Report> {
  const { admin } = tools.kafka;
  await requireTopics(tools, [TYPE]);
  const members = await admin.groupMembers(GROUP);
  if (members.length > 0) {
    const named = members.map(({ clientId, host }) => `${clientId} at ${host}`).join(', ');
    throw new Failure('options-invalid', `${members.length} running: the group ${GROUP} has ${named}`, {
      remedy:
        'Stop all loaders first; one that was killed leaves after kafka.sessionTimeoutMs. Then try again.',
    });
  }
  const moves = planRewind(await admin.lag(GROUP, [TYPE]), await admin.offsetsAt(TYPE, how.from));
  const messages = messagesOf(moves);
  const offsets = moves.map(({ partition, to }) => ({ partition, offset: to }));
  if (!how.dryRun && messages > 0) await admin.rewind(GROUP, TYPE, { kind: 'offsets', offsets });
  const said = how.dryRun ? 'would be read again' : 'will be read again when loaders start';
  const rows = moves.map(({ partition, from, to }) => [partition, Number(from), Number(to)]);
  return {
    data: { dryRun: how.dryRun, from: how.from, messages, partitions: moves },
    text: `${textTable(['partition', 'stood at', 'set to'], rows)}\n${messages} requests ${said}`,
    ok: true,
  };
}
