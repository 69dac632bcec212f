/** What is noted of a table when it is made or changed; run by the emulator after the statement itself. */
export const TABLES_SQL = `
-- what is not said of a column stays as it was
create or replace function redshift_emulator.note_columns(rel regclass, columns jsonb) returns void
  language plpgsql security definer set search_path = pg_catalog as $$
declare unknown text;
begin
  select name into unknown from jsonb_object_keys(coalesce(columns, '{}')) as name
  where not exists (select from pg_attribute where attrelid = rel and attname = name and not attisdropped);
  if unknown is not null then
    raise exception 'column "%" does not exist', unknown using errcode = '42703';
  end if;
  insert into redshift_emulator.column_facts
    select rel, a.attnum, coalesce((noted.fact->>'distkey')::boolean, own.distkey, false),
      coalesce((noted.fact->>'sortkey')::integer, own.sortkey, 0), coalesce(noted.fact->>'encoding',
        own.encoding)
    from jsonb_each(coalesce(columns, '{}')) as noted (name, fact)
    join pg_attribute as a on a.attrelid = rel and a.attname = noted.name and not a.attisdropped
    left join redshift_emulator.column_facts as own on own.relid = rel and own.attnum = a.attnum
  on conflict (relid, attnum) do update set distkey = excluded.distkey, sortkey = excluded.sortkey,
    encoding = excluded.encoding;
end $$;

create or replace function redshift_emulator.note_table(rel regclass, facts jsonb, parent oid) returns void
  language plpgsql security definer set search_path = pg_catalog as $$
begin
  delete from redshift_emulator.table_facts where relid = rel;
  delete from redshift_emulator.column_facts where relid = rel;
  insert into redshift_emulator.table_facts
    select rel, coalesce(facts->>'diststyle', own.diststyle, 'AUTO'),
      coalesce(facts->>'sortstyle', own.sortstyle, 'AUTO')
    from (select 1) as one
    left join redshift_emulator.table_facts as own on own.relid = parent;
  insert into redshift_emulator.column_facts
    select rel, a.attnum, own.distkey, own.sortkey, own.encoding
    from redshift_emulator.column_facts as own
    join pg_attribute as b on b.attrelid = own.relid and b.attnum = own.attnum
    join pg_attribute as a on a.attrelid = rel and a.attname = b.attname and not a.attisdropped
    where own.relid = parent;
  perform redshift_emulator.note_columns(rel, facts->'columns');
end $$;

create or replace function redshift_emulator.column_numbers(rel regclass, names jsonb) returns smallint[]
  language sql stable set search_path = pg_catalog as $$
  select coalesce(array_agg(a.attnum order by named.place), '{}'::smallint[])
  from jsonb_array_elements_text(coalesce(names, '[]')) with ordinality as named (name, place)
  join pg_attribute as a on a.attrelid = rel and a.attname = named.name and not a.attisdropped
$$;

create or replace function redshift_emulator.note_key(rel regclass, key jsonb, target regclass) returns void
  language sql security definer set search_path = pg_catalog as $$
  insert into redshift_emulator.key_facts
    select nextval('redshift_emulator.key_oid')::bigint::oid, rel, key->>'name', (key->>'kind')::"char",
      redshift_emulator.column_numbers(rel, key->'columns'), coalesce(target::oid, 0),
      redshift_emulator.column_numbers(target, key->'toColumns')
$$;

create or replace function redshift_emulator.change_style(rel regclass, facts jsonb) returns void
  language plpgsql security definer set search_path = pg_catalog as $$
begin
  insert into redshift_emulator.table_facts values
    (rel, coalesce(facts->>'diststyle', 'AUTO'), coalesce(facts->>'sortstyle', 'AUTO'))
  on conflict (relid) do update set
    diststyle = coalesce(facts->>'diststyle', redshift_emulator.table_facts.diststyle),
    sortstyle = coalesce(facts->>'sortstyle', redshift_emulator.table_facts.sortstyle);
  update redshift_emulator.column_facts set distkey = false
    where relid = rel and facts->>'diststyle' is not null;
  update redshift_emulator.column_facts set sortkey = 0
    where relid = rel and facts->>'sortstyle' is not null;
  perform redshift_emulator.note_columns(rel, facts->'columns');
end $$;

create or replace function redshift_emulator.drop_key(rel regclass, named text) returns boolean
  language sql security definer set search_path = pg_catalog as $$
  with gone as (delete from redshift_emulator.key_facts where relid = rel and name = named returning 1)
  select exists (select from gone)
$$;

-- VARCHAR and CHAR count bytes on Redshift: a check for every such column that has none of its size yet
create or replace function redshift_emulator.count_bytes(rel regclass) returns void
  language plpgsql set search_path = pg_catalog as $$
declare
  col record;
  wanted text;
  stale text;
begin
  for col in
    select attname, attnum, atttypmod - 4 as size,
      case atttypid when 'varchar'::regtype then 'varchar' else 'char' end as kind
    from pg_attribute
    where attrelid = rel and attnum > 0 and not attisdropped and atttypmod > 4
      and atttypid in ('varchar'::regtype, 'bpchar'::regtype)
  loop
    wanted := format('redshift_%s_%s_bytes_%s', col.kind, col.size, col.attnum);
    if not exists (select from pg_constraint where conrelid = rel and conname = wanted) then
      for stale in select conname from pg_constraint where conrelid = rel and contype = 'c'
        and conname ~ ('^redshift_(varchar|char)_[0-9]+_bytes_' || col.attnum || '$')
      loop
        execute format('alter table %s drop constraint %I', rel, stale);
      end loop;
      execute format('alter table %s add constraint %I check (octet_length(%I) <= %s)',
        rel, wanted, col.attname, col.size);
    end if;
  end loop;
end $$;
`;
