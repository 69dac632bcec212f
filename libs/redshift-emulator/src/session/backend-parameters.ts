/** What drivers made for Redshift say of themselves; PostgreSQL would refuse it. */
const REDSHIFT_DRIVERS_SAY = new RegExp(
  `^(?:${[
    'client_protocol_version',
    String.raw`driver_\w+`,
    String.raw`idc_\w+`,
    'identity_namespace',
    'idp_type',
    'os_version',
    'plugin_name',
    'provider_name',
    'token(?:_type)?',
  ].join('|')})$`,
  'i',
);

/** The startup parameters that the backend gets: the client's, without those that only Redshift knows. */
export function backendParameters(
  given: ReadonlyMap<string, string>,
  as: { readonly user: string; readonly database: string; readonly isolation: 'snapshot' | 'serializable' },
): ReadonlyMap<string, string> {
  const kept = [...given].filter(([name]) => !REDSHIFT_DRIVERS_SAY.test(name));
  return new Map([
    ['user', as.user],
    ['database', as.database],
    ...kept.filter(([name]) => name !== 'user' && name !== 'database'),
    ['standard_conforming_strings', 'on'],
    ['default_transaction_isolation', as.isolation === 'snapshot' ? 'repeatable read' : 'serializable'],
  ]);
}
