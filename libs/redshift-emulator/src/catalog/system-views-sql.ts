/**
 * PostgreSQL's own catalog tables with the columns that Redshift has besides. Which columns they have differs
 * between PostgreSQL's versions, so the views are put together where they are installed.
 */
export const SYSTEM_VIEWS_SQL = `
do $do$
declare
  shown text;
  view record;
begin
  for view in select * from (values
    ('pg_attribute', 'atthasdef', '(base.atthasdef or base.attidentity <> '''') as atthasdef',
     ', coalesce(own.distkey, false) as attisdistkey, coalesce(own.sortkey, 0) as attsortkeyord,
        false as attispreloaded, 0 as attencodingtype',
     'left join redshift_emulator.column_facts as own on own.relid = base.attrelid
       and own.attnum = base.attnum'),
    ('pg_class', '', '',
     ', (case coalesce(own.diststyle, ''AUTO'') when ''EVEN'' then 0 when ''KEY'' then 1 when ''ALL'' then 8
          else 9 end)::smallint as reldiststyle, false as relhasoids',
     'left join redshift_emulator.table_facts as own on own.relid = base.oid')
  ) as v (name, replaced, replacement, added, joined) loop
    select string_agg(case when attname = view.replaced then view.replacement
        else 'base.' || quote_ident(attname) end, ', ' order by attnum) into shown
    from pg_catalog.pg_attribute
    where attrelid = ('pg_catalog.' || view.name)::regclass and attnum > 0 and not attisdropped
      and atttypid <> 'anyarray'::regtype;
    execute format('create or replace view redshift_emulator.%I as select %s %s
      from pg_catalog.%I as base %s',
      view.name, shown, view.added, view.name, view.joined);
  end loop;
end $do$;

create or replace view redshift_emulator.pg_attrdef as
  select oid, adrelid, adnum, adbin, pg_catalog.pg_get_expr(adbin, adrelid) as adsrc
  from pg_catalog.pg_attrdef
  union all
  select null::oid, a.attrelid, a.attnum, null::pg_node_tree,
    format('%s(%s, %s, ''%s,%s''::text)', case a.attidentity when 'a' then '"identity"'
      else '"default_identity"' end,
      a.attrelid, a.attnum - 1, s.seqstart, s.seqincrement)
  from pg_catalog.pg_attribute as a
  join pg_catalog.pg_depend as d on d.refobjid = a.attrelid and d.refobjsubid = a.attnum
    and d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.deptype = 'i'
  join pg_catalog.pg_sequence as s on s.seqrelid = d.objid
  where a.attidentity <> '';

create or replace view redshift_emulator.pg_constraint as
  select oid, conname, connamespace, contype, condeferrable, condeferred, conrelid, contypid, confrelid,
    confupdtype, confdeltype, confmatchtype, conkey, confkey, conbin
  from pg_catalog.pg_constraint
  where contype <> 'n' and conname !~ '^redshift_(varchar|char)_[0-9]+_bytes_'
  union all
  select k.oid, k.name::name, c.relnamespace, k.kind, false, false, k.relid, 0::oid, k.foreign_relid,
    'a'::"char", 'a'::"char", 's'::"char", k.columns, nullif(k.foreign_columns, '{}'), null::pg_node_tree
  from redshift_emulator.key_facts as k join pg_catalog.pg_class as c on c.oid = k.relid;

create or replace view redshift_emulator.table_constraints as
  select pg_catalog.current_database()::varchar as constraint_catalog,
    n.nspname::varchar as constraint_schema,
    k.name::varchar as constraint_name, pg_catalog.current_database()::varchar as table_catalog,
    n.nspname::varchar as table_schema, c.relname::varchar as table_name,
    (case k.kind when 'p' then 'PRIMARY KEY' when 'u' then 'UNIQUE' else 'FOREIGN KEY' end)::varchar
      as constraint_type,
    'NO'::varchar as is_deferrable, 'NO'::varchar as initially_deferred
  from redshift_emulator.key_facts as k
  join pg_catalog.pg_class as c on c.oid = k.relid
  join pg_catalog.pg_namespace as n on n.oid = c.relnamespace;

create or replace view redshift_emulator.key_column_usage as
  select pg_catalog.current_database()::varchar as constraint_catalog,
    n.nspname::varchar as constraint_schema,
    k.name::varchar as constraint_name, pg_catalog.current_database()::varchar as table_catalog,
    n.nspname::varchar as table_schema, c.relname::varchar as table_name, a.attname::varchar as column_name,
    place.n::integer as ordinal_position
  from redshift_emulator.key_facts as k
  join pg_catalog.pg_class as c on c.oid = k.relid
  join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
  cross join lateral unnest(k.columns) with ordinality as place (attnum, n)
  join pg_catalog.pg_attribute as a on a.attrelid = k.relid and a.attnum = place.attnum;
`;
