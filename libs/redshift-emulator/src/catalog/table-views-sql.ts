/** Redshift's views of tables and columns. */
export const TABLE_VIEWS_SQL = `
create or replace view redshift_emulator.user_columns as
  select n.nspname, c.oid as relid, c.relname, c.relkind, a.attnum, a.attname, a.attnotnull, a.atttypid,
    a.atttypmod, redshift_emulator.shown_type(a.atttypid, a.atttypmod) as type,
    coalesce(own.distkey, false) as distkey, coalesce(own.sortkey, 0) as sortkey,
    coalesce(own.encoding, case
      when coalesce(own.sortkey, 0) <> 0 or a.atttypid in ('bool'::regtype, 'float4'::regtype,
        'float8'::regtype)
        then 'none'
      when a.atttypid in ('varchar'::regtype, 'bpchar'::regtype, 'bytea'::regtype) then 'lzo'
      when a.atttypid = 'redshift_emulator.super'::regtype then 'zstd'
      else 'az64' end) as encoding,
    def.adsrc as column_default
  from pg_catalog.pg_class as c
  join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
  join pg_catalog.pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  left join redshift_emulator.column_facts as own on own.relid = c.oid and own.attnum = a.attnum
  left join redshift_emulator.pg_attrdef as def on def.adrelid = c.oid and def.adnum = a.attnum
  where c.relkind in ('r', 'v', 'm')
    and n.nspname not in ('pg_catalog', 'information_schema', 'redshift_emulator', 'pg_toast');

create or replace view redshift_emulator.pg_table_def as
  select nspname as schemaname, relname as tablename, attname as "column", type::varchar as type,
    (case when encoding = 'raw' then 'none' else encoding end)::char(32) as encoding, distkey, sortkey,
    attnotnull as notnull
  from redshift_emulator.user_columns
  where relkind = 'r' and nspname = any (pg_catalog.current_schemas(true))
  order by nspname, relname, attnum;

create or replace view redshift_emulator.svv_columns as
  select pg_catalog.current_database()::varchar as table_catalog, nspname::varchar as table_schema,
    relname::varchar as table_name, attname::varchar as column_name, attnum::integer as ordinal_position,
    column_default::varchar as column_default,
    (case when attnotnull then 'NO' else 'YES' end)::varchar as is_nullable,
    regexp_replace(type, '[(].*[)]', '')::varchar as data_type,
    information_schema._pg_char_max_length(atttypid, atttypmod) as character_maximum_length,
    information_schema._pg_numeric_precision(atttypid, atttypmod) as numeric_precision,
    information_schema._pg_numeric_precision_radix(atttypid, atttypmod) as numeric_precision_radix,
    information_schema._pg_numeric_scale(atttypid, atttypmod) as numeric_scale,
    information_schema._pg_datetime_precision(atttypid, atttypmod) as datetime_precision,
    null::varchar as interval_type, null::varchar as interval_precision,
      null::varchar as character_set_catalog,
    null::varchar as character_set_schema, null::varchar as character_set_name,
    null::varchar as collation_catalog, null::varchar as collation_schema, null::varchar as collation_name,
    null::varchar as domain_name, null::varchar as remarks
  from redshift_emulator.user_columns;

create or replace view redshift_emulator.svv_tables as
  select pg_catalog.current_database()::varchar as table_catalog, n.nspname::varchar as table_schema,
    c.relname::varchar as table_name,
    (case c.relkind when 'r' then 'BASE TABLE' else 'VIEW' end)::varchar as table_type,
      null::varchar as remarks
  from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
  where c.relkind in ('r', 'v', 'm')
    and n.nspname not in ('pg_catalog', 'information_schema', 'redshift_emulator', 'pg_toast');

create or replace view redshift_emulator.svv_all_columns as
  select table_catalog as database_name, table_schema as schema_name, table_name, column_name,
    ordinal_position, column_default, is_nullable, data_type, character_maximum_length, numeric_precision,
    numeric_scale, remarks
  from redshift_emulator.svv_columns;

create or replace view redshift_emulator.svv_redshift_columns as
  select pg_catalog.current_database()::varchar as database_name, nspname::varchar as schema_name,
    relname::varchar as table_name, attname::varchar as column_name, attnum::integer as ordinal_position,
    type::varchar as data_type, column_default::varchar as column_default,
    (case when attnotnull then 'NO' else 'YES' end)::varchar as is_nullable, encoding::varchar as encoding,
    distkey, sortkey, null::varchar as column_acl, null::varchar as remarks
  from redshift_emulator.user_columns;

create or replace view redshift_emulator.svv_all_tables as
  select table_catalog as database_name, table_schema as schema_name, table_name,
    (case table_type when 'BASE TABLE' then 'TABLE' else 'VIEW' end)::varchar as table_type,
    null::varchar as table_acl, remarks
  from redshift_emulator.svv_tables;

create or replace view redshift_emulator.svv_redshift_tables as
  select * from redshift_emulator.svv_all_tables;

-- like Redshift's, it does not show empty tables
create or replace view redshift_emulator.svv_table_info as
  select pg_catalog.current_database()::text as database, n.nspname::text as schema, c.oid as table_id,
    c.relname::text as "table", 'Y'::text as encoded,
    (case coalesce(own.diststyle, 'AUTO')
      when 'KEY' then 'KEY(' || coalesce((select attname from redshift_emulator.user_columns as d
        where d.relid = c.oid and d.distkey), '') || ')'
      when 'AUTO' then 'AUTO(ALL)' else own.diststyle end)::text as diststyle,
    coalesce((select attname from redshift_emulator.user_columns as s
      where s.relid = c.oid and abs(s.sortkey) = 1)::text, case own.sortstyle
        when 'AUTO' then 'AUTO(SORTKEY)' end)
      as sortkey1,
    (select max(atttypmod - 4) from redshift_emulator.user_columns as v
      where v.relid = c.oid and v.atttypid = 'varchar'::regtype) as max_varchar,
    (select encoding from redshift_emulator.user_columns as s
      where s.relid = c.oid and abs(s.sortkey) = 1)::char(32) as sortkey1_enc,
    (select count(*) from redshift_emulator.user_columns as s
      where s.relid = c.oid and s.sortkey <> 0)::integer as sortkey_num,
    greatest(1, pg_catalog.pg_table_size(c.oid) / 1048576) as size, 0.0::numeric(10, 4) as pct_used,
    0::bigint as empty, 0.0::numeric(5, 2) as unsorted, 0.0::numeric(5, 2) as stats_off,
    found.n::numeric(38, 0) as tbl_rows, null::numeric(19, 2) as skew_sortkey1, null::numeric(19,
      2) as skew_rows,
    found.n::numeric(38, 0) as estimated_visible_rows, null::text as risk_event,
    null::numeric(12, 2) as vacuum_sort_benefit
  from pg_catalog.pg_class as c
  join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
  left join redshift_emulator.table_facts as own on own.relid = c.oid
  cross join lateral redshift_emulator.row_count(c.oid) as found (n)
  where c.relkind = 'r' and found.n > 0
    and n.nspname not in ('pg_catalog', 'information_schema', 'redshift_emulator')
      and n.nspname !~ '^pg_toast';
`;
