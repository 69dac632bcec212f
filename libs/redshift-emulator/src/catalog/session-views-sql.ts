/** Redshift's views of sessions and transactions. */
export const SESSION_VIEWS_SQL = `
create or replace view redshift_emulator.stv_sessions as
  select backend_start at time zone 'UTC' as starttime, pid as process, usename::char(50) as user_name,
    datname::char(50) as db_name, 0 as timeout_sec
  from pg_catalog.pg_stat_activity
  where backend_type = 'client backend' and application_name <> 'redshift-emulator';

create or replace view redshift_emulator.stv_recents as
  select 100 as userid, (case state when 'active' then 'Running' else 'Done' end)::char(20) as status,
    query_start at time zone 'UTC' as starttime,
    (extract(epoch from clock_timestamp() - query_start) * 1000000)::bigint as duration,
    usename::char(50) as user_name, datname::char(50) as db_name, query::char(600) as query, pid
  from pg_catalog.pg_stat_activity
  where backend_type = 'client backend' and application_name <> 'redshift-emulator';

create or replace view redshift_emulator.stv_inflight as
  select 100 as userid, 0 as slice, 0 as query, query::char(100) as label, 0::bigint as xid, pid,
    query_start at time zone 'UTC' as starttime, query::char(100) as text, 0 as suspended
  from pg_catalog.pg_stat_activity
  where backend_type = 'client backend' and state = 'active' and application_name <> 'redshift-emulator';

create or replace view redshift_emulator.svv_transactions as
  select a.usename::text as txn_owner, a.datname::text as txn_db, coalesce(a.backend_xid::text::bigint,
    0) as xid,
    a.pid, a.xact_start at time zone 'UTC' as txn_start, l.mode as lock_mode,
    (case l.locktype when 'virtualxid' then 'transactionid'
      else l.locktype end)::text as lockable_object_type,
    l.relation::integer as relation, l.granted
  from pg_catalog.pg_locks as l
  join pg_catalog.pg_stat_activity as a on a.pid = l.pid
  where l.locktype in ('relation', 'transactionid', 'virtualxid')
    and a.backend_type = 'client backend' and a.application_name <> 'redshift-emulator'
    and (l.relation is null or l.relation in (
      select oid from pg_catalog.pg_class where relnamespace not in
        ('pg_catalog'::regnamespace, 'pg_toast'::regnamespace, 'redshift_emulator'::regnamespace)));

create or replace view redshift_emulator.stv_locks as
  select relation as table_id, null::timestamp as last_commit, txn_start as last_update,
    xid as lock_owner, pid as lock_owner_pid, txn_start as lock_owner_start_ts,
      null::timestamp as lock_owner_end_ts,
    lock_mode as lock_status
  from redshift_emulator.svv_transactions where relation is not null;
`;
