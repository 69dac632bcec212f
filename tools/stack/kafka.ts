import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Kafka, logLevel } from 'kafkajs';
import { fetchJars } from './fetch-jars.ts';
import { freePort } from './free-port.ts';
import { type JavaCommand, javaServer } from './java-command.ts';
import { stackDirectory, stackSources } from './places.ts';
import { type Launch, launch } from './launch.ts';
import { copyOfTemplate } from './template.ts';

const CLUSTER_ID = 'ZG9wcGxlcnNoaWZ0LXN0Yw';
const PROBE_TIMEOUT_MS = 2_000;
const run = promisify(execFile);

/** A broker that also listens with TLS, and with TLS and a login (mechanism PLAIN). */
export type SecureKafka = {
  /** PEM */
  readonly certificate: string;
  /** PEM, PKCS #8 */
  readonly key: string;
  readonly user: string;
  readonly password: string;
};

/** A KRaft broker that is its own controller. `endpoint` is `host:port`; `others`: `tls` and `login`. */
export function startKafka(secure?: SecureKafka): Launch {
  return async ({ directory, watchdog }) => {
    const jars = await fetchJars('kafka');
    return launch(async () => {
      const java = javaServer(jars, {
        heapMax: '512m',
        flags: [`-Dlog4j2.configurationFile=${join(stackSources, 'kafka', 'log4j2.properties')}`],
      });
      const data = join(directory, 'kafka');
      await copyOfTemplate(join(stackDirectory, 'templates', jars.key), data, (at) => format(java, at));
      const ports = { broker: await freePort(), controller: await freePort() };
      const file = join(directory, 'kafka.properties');
      const more = secure && (await secureListeners(secure, directory));
      await writeFile(file, properties({ data, ...ports }, more));
      const endpoint = `127.0.0.1:${ports.broker}`;
      const spec = {
        name: 'Apache Kafka',
        command: java.command,
        args: [...java.args, 'kafka.Kafka', file],
        logFile: join(directory, 'kafka.log'),
        stopSignal: 'SIGTERM' as const,
        answers: () => brokerAnswers(endpoint),
      };
      return { spec, endpoint, ...(more && { others: more.others }), afterStop: java.keepArchive };
    }, watchdog);
  };
}

type Listeners = {
  readonly others: { readonly tls: string; readonly login: string };
  readonly properties: string;
};

async function secureListeners(secure: SecureKafka, directory: string): Promise<Listeners> {
  const ports = { tls: await freePort(), login: await freePort() };
  const file = join(directory, 'kafka.pem');
  await writeFile(file, secure.key + secure.certificate, { mode: 0o600 });
  const keyStore = ['tls', 'login'].flatMap((name) => [
    `listener.name.${name}.ssl.keystore.type=PEM`,
    `listener.name.${name}.ssl.keystore.location=${file}`,
  ]);
  const jaas = `org.apache.kafka.common.security.plain.PlainLoginModule required`;
  const login = [
    'listener.name.login.sasl.enabled.mechanisms=PLAIN',
    `listener.name.login.plain.sasl.jaas.config=${jaas} user_${secure.user}="${secure.password}";`,
  ];
  return {
    others: { tls: `127.0.0.1:${ports.tls}`, login: `127.0.0.1:${ports.login}` },
    properties: [...keyStore, ...login, ''].join('\n'),
  };
}

/** A formatted log directory holds no port: it is the same for every run. */
async function format(java: JavaCommand, data: string): Promise<void> {
  const file = `${data}.properties`;
  await writeFile(file, properties({ data, broker: 1, controller: 2 }));
  const args = ['format', '--cluster-id', CLUSTER_ID, '--config', file, '--ignore-formatted'];
  await run(java.command, [...java.plainArgs, 'kafka.tools.StorageTool', ...args]);
  await rm(file);
}

/** Registered and unfenced: only then do clients find it in the metadata. */
async function brokerAnswers(broker: string): Promise<boolean> {
  const kafka = new Kafka({
    brokers: [broker],
    logLevel: logLevel.NOTHING,
    connectionTimeout: PROBE_TIMEOUT_MS,
    requestTimeout: PROBE_TIMEOUT_MS,
    retry: { retries: 0 },
  });
  const admin = kafka.admin();
  try {
    await admin.connect();
    return (await admin.describeCluster()).brokers.length > 0;
  } catch {
    return false; // not yet; the caller's limit decides when that is an error
  } finally {
    await admin.disconnect();
  }
}

/** Short sessions, so that a broker that was killed is back in seconds; one replica of everything. */
function properties(at: { data: string; broker: number; controller: number }, more?: Listeners): string {
  const secure = more ? `,TLS://${more.others.tls},LOGIN://${more.others.login}` : '';
  return `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${at.controller}
listeners=PLAINTEXT://127.0.0.1:${at.broker},CONTROLLER://127.0.0.1:${at.controller}${secure}
advertised.listeners=PLAINTEXT://127.0.0.1:${at.broker}${secure}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,TLS:SSL,LOGIN:SASL_SSL
inter.broker.listener.name=PLAINTEXT
controller.listener.names=CONTROLLER
log.dirs=${at.data}
auto.create.topics.enable=false
num.partitions=1
default.replication.factor=1
min.insync.replicas=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
log.index.size.max.bytes=1048576
${more?.properties ?? ''}`;
}
