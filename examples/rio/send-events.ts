import { RedshiftIO } from 'dopplershift/rio';
import type { RedshiftIOOptions } from 'dopplershift/rio';

type Event = { readonly time: Date; readonly id: string };

/** Packs rows, and lets a job load them. */
export async function sendEvents(
  events: AsyncIterable<Event>,
  where: Pick<RedshiftIOOptions, 's3Bucket' | 's3Endpoint' | 'awsKey' | 'awsPassword' | 'jobEndpoint'>,
): Promise<void> {
  const pipe = new RedshiftIO({
    ...where,
    destinationConfig: {
      schema: 'public',
      table: 'events',
      columns: [
        { name: 'time', type: 'timestamp', sortOrd: 1 },
        { name: 'id', type: 'text', distKey: true },
      ],
      dataTimestampColumn: 'time',
    },
  });
  for await (const event of events) await pipe.pack(event);
  await pipe.send();
  await pipe.close();
}
