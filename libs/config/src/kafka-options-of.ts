import type { Config } from './config.ts';

/** Section `kafka` in the words of `#kafka`; `who` names this process in the brokers' logs. */
export function kafkaOptionsOf(config: Config, who: string) {
  const { kafka } = config;
  const { sslCa, saslMechanism, saslUsername, saslPassword, registryUrl, ...rest } = kafka;
  return {
    ...rest,
    clientId: `${kafka.clientId}-${who}`,
    ssl: sslCa === undefined ? kafka.ssl : { ca: sslCa },
    ...(saslMechanism &&
      saslUsername !== undefined &&
      saslPassword && {
        sasl: { mechanism: saslMechanism, username: saslUsername, password: saslPassword },
      }),
    ...(registryUrl !== undefined && {
      registry: {
        url: registryUrl,
        ...(kafka.registryUsername !== undefined && { username: kafka.registryUsername }),
        ...(kafka.registryPassword && { password: kafka.registryPassword }),
      },
    }),
  };
}
