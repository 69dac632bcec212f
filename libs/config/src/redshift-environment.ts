import type { Environment } from './environment.ts';
import type { Setting, Settings } from './setting.ts';

/** What the warehouse is called that s3-to-redshift's environment describes. */
const NAME = 'redshift';
const PORT_DEFAULT = '5439';
const LOOPBACK = ['localhost', '127.0.0.1', '::1', '[::1]'];

/**
 * The environment that s3-to-redshift was deployed with (reference/s3-to-redshift.md, Invocation), so that
 * such a deployment moves over unchanged. It counts only where nobody names a warehouse otherwise. Its COPY
 * read the bucket with the role or else with the access keys; its driver insisted on TLS unless PGSSLMODE
 * said otherwise.
 */
export function redshiftEnvironment(env: Environment): Settings {
  const {
    REDSHIFT_HOST: host,
    REDSHIFT_DB: database,
    REDSHIFT_USER: user,
    REDSHIFT_PASSWORD: password,
  } = env;
  if (!host) return { settings: [], problems: [], warnings: [] };
  const wanted = { REDSHIFT_DB: database, REDSHIFT_USER: user, REDSHIFT_PASSWORD: password };
  const problems = Object.entries(wanted)
    .filter(([, value]) => !value)
    .map(([name]) => `${name}: required beside REDSHIFT_HOST`);
  if (!database || !user || !password) return { settings: [], problems, warnings: [] };
  const login = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
  const place = `${host}:${env['REDSHIFT_PORT'] || PORT_DEFAULT}/${encodeURIComponent(database)}`;
  const sslMode = env['PGSSLMODE'] || (LOOPBACK.includes(host) ? 'disable' : 'require');
  const url = `redshift://${login}@${place}?sslmode=${encodeURIComponent(sslMode)}`;
  const settings = [setting(['warehouses', NAME, 'url'], url, 'REDSHIFT_HOST'), ...readingTheBucket(env)];
  return { settings, problems, warnings: [] };
}

function readingTheBucket(env: Environment): Setting[] {
  const { AWS_REGION: region, REDSHIFT_ROLE_ARN: role } = env;
  const keys = [
    ['accessKeyId', 'AWS_ACCESS_KEY_ID'],
    ['secretAccessKey', 'AWS_SECRET_ACCESS_KEY'],
    ['sessionToken', 'AWS_SESSION_TOKEN'],
  ] as const;
  const given = keys.flatMap(([option, name]) => {
    const value = env[name];
    return value ? [setting(['warehouses', NAME, option], value, name)] : [];
  });
  return [
    // also says that the bucket is Amazon's, not that of the local stack
    ...(region ? [setting(['s3', 'region'], region, 'AWS_REGION')] : []),
    ...(role ? [setting(['warehouses', NAME, 'iamRole'], role, 'REDSHIFT_ROLE_ARN')] : given),
  ];
}

function setting(path: readonly string[], value: string, from: string): Setting {
  return { path, value, from };
}
