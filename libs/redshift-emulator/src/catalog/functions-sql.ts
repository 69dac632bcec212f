/** Redshift's functions that PostgreSQL lacks, or answers otherwise; names of a call are changed to these. */
export const FUNCTIONS_SQL = `
create or replace function redshift_emulator.version() returns text language sql immutable as
  $$ select 'PostgreSQL 8.0.2 on i686-pc-linux-gnu, compiled by GCC gcc (GCC) 3.4.2 20041017 '
       '(Red Hat 3.4.2-6.fc3), Redshift 1.0.117891'::text $$;

create or replace function redshift_emulator.current_setting(name text) returns text language sql stable as
  $$ select case lower(name) when 'server_version' then '8.0.2' when 'server_version_num' then '80002'
       else pg_catalog.current_setting(name) end $$;

create or replace function redshift_emulator.getdate() returns timestamp language sql stable as
  $$ select date_trunc('second', pg_catalog.statement_timestamp()::timestamp) $$;

create or replace function redshift_emulator.copy_state(part integer) returns integer language sql volatile as
  $$ select coalesce(nullif(split_part(pg_catalog.current_setting('redshift_emulator.copy_state', true),
       ',', part), '')::integer, case part when 1 then 0 else -1 end) $$;
create or replace function redshift_emulator.pg_last_copy_count() returns bigint language sql volatile as
  $$ select redshift_emulator.copy_state(1)::bigint $$;
create or replace function redshift_emulator.pg_last_copy_id() returns integer language sql volatile as
  $$ select redshift_emulator.copy_state(2) $$;

create or replace function redshift_emulator.json_parse(document text) returns redshift_emulator.super
  language sql immutable as $$ select document::redshift_emulator.super $$;
create or replace function redshift_emulator.json_serialize(value redshift_emulator.super) returns text
  language sql immutable as $$ select value::text $$;
create or replace function redshift_emulator.is_valid_json(document text) returns boolean language plpgsql
  immutable as $$
begin
  return document::jsonb is not null and document ~ '^\\s*[{]';
exception when others then return false;
end $$;
create or replace function redshift_emulator.json_extract_path_text(document text, variadic path text[])
  returns text language sql immutable as
  $$ select coalesce(pg_catalog.jsonb_extract_path_text(document::jsonb, variadic path), '') $$;
create or replace function redshift_emulator.len(value text) returns integer language sql immutable as
  $$ select length(value) $$;
create or replace function redshift_emulator.dateadd(part text, amount bigint, at timestamp)
  returns timestamp language sql immutable as
  $$ select at + case when lower(part) in ('quarter', 'qtr', 'q') then amount * 3 * interval '1 month'
       else (amount || ' ' || lower(part))::interval end $$;
create or replace function redshift_emulator.datediff(part text, since timestamp, till timestamp)
  returns bigint language plpgsql immutable as $$
begin
  return case lower(part)
    when 'year' then extract(year from till) - extract(year from since)
    when 'month' then (extract(year from till) - extract(year from since)) * 12
      + extract(month from till) - extract(month from since)
    when 'week' then extract(epoch from date_trunc('week', till) - date_trunc('week', since)) / 604800
    when 'day' then till::date - since::date
    when 'hour' then extract(epoch from date_trunc('hour', till) - date_trunc('hour', since)) / 3600
    when 'minute' then extract(epoch from date_trunc('minute', till) - date_trunc('minute', since)) / 60
    when 'second' then extract(epoch from date_trunc('second', till) - date_trunc('second', since))
  end;
end $$;

create or replace function redshift_emulator.shown_type(type oid, modifier integer) returns text
  language sql stable as
  $$ select case type when 'redshift_emulator.super'::regtype then 'super'
       when 'bytea'::regtype then 'binary varying'
       else pg_catalog.format_type(type, modifier) end $$;

create or replace function redshift_emulator.row_count(rel oid) returns bigint language plpgsql volatile as $$
declare n bigint;
begin
  execute format('select count(*) from %s', rel::regclass) into n;
  return n;
exception when others then return null;
end $$;
`;

/** A function of ours for each of these names; the names that PostgreSQL has too are answered by ours. */
export const OWN_FUNCTIONS: ReadonlySet<string> = new Set([
  'version',
  'current_setting',
  'getdate',
  'pg_last_copy_count',
  'pg_last_copy_id',
  'json_parse',
  'json_serialize',
  'is_valid_json',
  'json_extract_path_text',
  'len',
  'dateadd',
  'datediff',
]);
