import { Failure, ownSchemas, registryName, topicName } from '#contracts';
import type { EventType, Log } from '#contracts';
import type { RegistryOptions } from './kafka-options.ts';
import { learn } from './schema-source.ts';
import type { SchemaSource } from './schema-source.ts';

const REGISTRY_TIMEOUT_MS = 10_000;
const JSON_TYPE = 'application/vnd.schemaregistry.v1+json';

export type RegistryDeps = {
  readonly topicPrefix: string;
  readonly log: Log;
  /** where the schemas of single-object messages are: those written before there was a registry stay */
  readonly schemaTopic: Pick<SchemaSource, 'refresh'>;
};

/** A Confluent-compatible registry: subjects are `<topic>-value`, one per event. */
export function schemaRegistry(registry: RegistryOptions, deps: RegistryDeps): SchemaSource {
  const { topicPrefix, log } = deps;
  const ids = new Map<EventType, number>();
  return {
    registry: true,
    idOf: (type) => ids.get(type),
    announce: async () => {
      for (const { type, json } of ownSchemas()) {
        const subject = encodeURIComponent(`${topicName(topicPrefix, type)}-value`);
        const answer = await ask(registry, `/subjects/${subject}/versions`, { schema: json });
        if (answer.kind === 'absent') throw refused(registry, `it has no place for ${subject}`);
        ids.set(type, readNumber(answer.body, 'id'));
      }
    },
    refresh: async (book, wanted) => {
      const unknown = wanted.filter((name) => !book.find(name));
      const fingerprints = unknown.filter((name) => registryIdOf(name) === undefined);
      // Side by side, since a registry that is away must not hold up what can do without it.
      await Promise.all([
        fingerprints.length > 0 && deps.schemaTopic.refresh(book, fingerprints),
        learnIds(unknown.flatMap((name) => registryIdOf(name) ?? [])),
      ]);

      async function learnIds(numbers: readonly number[]): Promise<void> {
        for (const id of numbers) {
          const answer = await ask(registry, `/schemas/ids/${id}`);
          if (answer.kind === 'absent') continue;
          learn(book, { json: readText(answer.body, 'schema'), name: registryName(id), id }, log);
        }
      }
    },
  };
}

function registryIdOf(name: string): number | undefined {
  const id = /^id:(\d+)$/.exec(name)?.[1];
  return id === undefined ? undefined : Number(id);
}

type Answer = { readonly kind: 'found'; readonly body: unknown } | { readonly kind: 'absent' };

async function ask(registry: RegistryOptions, path: string, body?: object): Promise<Answer> {
  const response = await fetch(new URL(path, registry.url), {
    method: body ? 'POST' : 'GET',
    headers: { accept: JSON_TYPE, 'content-type': JSON_TYPE, ...loginOf(registry) },
    signal: AbortSignal.timeout(REGISTRY_TIMEOUT_MS),
    ...(body ? { body: JSON.stringify(body) } : {}),
  }).catch((thrown: unknown) => {
    throw new Failure('unavailable', `the schema registry ${originOf(registry)} does not answer`, {
      cause: thrown,
      scope: 'lane',
    });
  });
  if (response.status === 404) return { kind: 'absent' };
  const text = await response.text();
  if (response.status === 401 || response.status === 403)
    throw new Failure('access-denied', `the schema registry ${originOf(registry)} refuses the login`);
  if (response.status === 409) throw refused(registry, `the schema is not compatible: ${text.slice(0, 500)}`);
  if (!response.ok)
    throw new Failure('unavailable', `the schema registry ${originOf(registry)} says ${response.status}`, {
      scope: 'lane',
    });
  return { kind: 'found', body: JSON.parse(text) };
}

function refused(registry: RegistryOptions, because: string): Failure {
  return new Failure('internal', `the schema registry ${originOf(registry)} refuses: ${because}`, {
    remedy: 'Check the compatibility level of the subject, and which release registered it.',
  });
}

/** Without user and password, which a url may carry. */
function originOf({ url }: RegistryOptions): string {
  return new URL(url).origin;
}

function loginOf({ username, password }: RegistryOptions): Record<string, string> {
  if (username === undefined) return {};
  const login = Buffer.from(`${username}:${password?.reveal() ?? ''}`).toString('base64');
  return { authorization: `Basic ${login}` };
}

function readField(body: unknown, field: string): unknown {
  return body !== null && typeof body === 'object' ? (body as Record<string, unknown>)[field] : undefined;
}

function readNumber(body: unknown, field: string): number {
  const value = readField(body, field);
  if (typeof value !== 'number')
    throw new Failure('internal', `the schema registry answered without ${field}`);
  return value;
}

function readText(body: unknown, field: string): string {
  const value = readField(body, field);
  if (typeof value !== 'string')
    throw new Failure('internal', `the schema registry answered without ${field}`);
  return value;
}
