-- Books of n families and some months, written directly, for BenchmarkReports: what reports read is as it would be, but
-- nothing was decided, so the hash chain and the chains of postings do not hold.
--
-- Each month every family gets Rp 200,000 on the 25th. One in twelve leaves it alone, which is frozen after 90 days; of the
-- others half buy once and half twice, most of them on the first day, each time with an inquiry before; one in ten has a
-- PIN wrong first. Families live in five regions and shop at one outlet, of which there is one for 842.

create procedure report_world(n bigint) language plpgsql set search_path = bpnt, public as $$
declare
    v_outlets bigint := greatest(1, n / 842);
begin
    insert into link (name) values ('edc') on conflict do nothing;
    insert into masthead (mid, name, city)
    select 'DKI' || lpad(o::text, 12, '0'), 'E-WARONG ' || o, 'Jakarta' from generate_series(1, v_outlets) o;
    insert into outlet (mid, masthead, region, bank, kind, since, activated_on, operator)
    select 'DKI' || lpad(o::text, 12, '0'), o, 3171 + o % 5, 9, case o % 2 when 0 then 'e_warong' else 'kube_jasa' end,
           date '2025-11-01' + (o % 300)::integer, date '2025-11-01' + (o % 300)::integer, 3171000000000 + o
      from generate_series(1, v_outlets) o;
    insert into terminal (link, tid, outlet) select 1, lpad(o::text, 8, '0'), o from generate_series(1, v_outlets) o;
    insert into family (bucket, id, region, name)
    select i % 2, 3171000000000 + i, 3171 + i % 5, 'Family ' || i from generate_series(1, n) i order by 1, 2;
    insert into card (bucket, pan, pan_key, family, expiry, first6, last4, status)
    select i % 2, md5(i::text)::uuid, 1, 3171000000000 + i, 3012, '999912', '0001', case i % 100 when 0 then 'blocked' else 'active' end
      from generate_series(1, n) i;
    create unlogged table fam as
    select i, (i % 2)::smallint as bucket, 3171000000000 + i as family, (i % v_outlets) + 1 as outlet, md5(i::text)::uuid as pan,
           row_number() over (partition by i % 2 order by i) as rank from generate_series(1, n) i;
    analyze fam;
    -- Indexes are made at the end.
    alter table posting drop constraint posting_pkey;
    alter table message drop constraint message_pkey;
    alter table purse drop constraint purse_pkey;
end $$;

-- A flush for each so many message numbers of what was just written.
create procedure report_flush(what text) language plpgsql set search_path = bpnt, public as $$
begin
    execute format('insert into flush
        select row_number() over (partition by bucket order by min(message)) + (select coalesce(max(no), 0) from flush f where f.bucket = x.bucket),
               min(message), max(message), max(at), count(*), bucket, sha256(''''), '''' from (%s) x group by bucket, piece order by min(message)', what);
end $$;

create procedure report_month(m integer, n bigint, messages boolean) language plpgsql set search_path = bpnt, public as $$
declare
    v_open    timestamptz := timestamp '2025-11-25 05:00' at time zone 'Asia/Jakarta' + m * interval '1 month';
    v_day     date := date '2025-11-25' + m * interval '1 month';
    v_period  integer := month_of((date '2025-11-01' + m * interval '1 month')::date);
    v_frozen  integer := month_of((date '2025-11-01' + (m - 3) * interval '1 month')::date);
    v_base    bigint := m::bigint * n * 6; -- of this month's message numbers
    v_tranche integer;
begin
    insert into disbursement (name, purses, total, status, begun_at, opened_at)
    values ('BPNT-' || v_period || '-all-1', n, n * 200000, 'open', v_open - interval '1 hour', v_open);
    insert into tranche (disbursement, programme, period, status, purses, funded, opened_at, opened_on)
    select max(id), 1, v_period, 'open', n, n * 200000, v_open, v_day from disbursement returning id into v_tranche;
    insert into posting (bucket, message, line, kind, from_kind, from_id, to_kind, to_id, programme, period, amount, business_date)
    select bucket, v_base + rank, 1, 'D', 'F', v_tranche, 'P', family, 1, v_period, 200000, v_day from fam order by rank, bucket;
    call report_flush(format('select bucket, %s + rank as message, %L::timestamptz as at, rank / 500 as piece from fam', v_base, v_open - interval '30 minutes'));

    create unlogged table deed as
    with shopping as (
        select f.*, v_open + interval '90 minutes' + case when r.a < 0.6 then 0 else (r.b * 25)::integer end * interval '1 day' + r.b * interval '11 hours' as at
          from fam f cross join lateral (select random() + f.i * 0 as a, random() + f.i * 0 as b) r where f.i % 12 <> m % 12)
    select s.bucket, s.family, s.outlet, s.pan, k.kind, k.amount, s.at + k.after as at, k.left
      from shopping s join (values
        (0, 'I', 0, interval '-1 minute', 200000), (0, 'R', 200000, interval '0', 0),
        (1, 'I', 0, '-1 minute', 200000), (1, 'R', 120000, '0', 80000), (1, 'I', 0, '179 minutes', 80000), (1, 'R', 80000, '3 hours', 0)
      ) k (half, kind, amount, after, "left") on k.half = s.i % 2
    union all
    select bucket, family, outlet, pan, 'N', 200000, at - interval '30 seconds', 200000 from shopping where i % 10 = 3;
    create unlogged table numbered as select *, v_base + n + row_number() over (partition by bucket order by at) as no from deed;
    drop table deed;
    insert into posting (bucket, message, line, kind, from_kind, from_id, to_kind, to_id, programme, period, amount, business_date, batch)
    select bucket, no, 1, 'R', 'P', family, 'O', outlet, 1, v_period, amount, (at at time zone 'Asia/Jakarta')::date, 1
      from numbered where kind = 'R' order by at;
    if messages then
        insert into message (bucket, id, at, amount, balance, family, pan, terminal, stan, processing_code, batch, masthead,
            generation, epoch, outcome, class, invoice, nii, entry_mode)
        select bucket, no, at, amount, "left", family, pan, outlet, no % 1000000, case kind when 'I' then 310000 else 0 end, 1, outlet,
               no / 1000000, 0, case kind when 'N' then 43 else 1 end, case kind when 'I' then 'I' else 'R' end::"char", '000001', 10, 51
          from numbered order by at;
    end if;
    call report_flush('select bucket, no as message, at, no / 20 as piece from numbered where kind = ''R''');
    insert into purse (bucket, family, programme, period, balance, granted, message, tranche)
    select f.bucket, f.family, 1, v_period, 200000 - coalesce(x.spent, 0), 200000, coalesce(x.newest, v_base + f.rank), v_tranche
      from fam f left join (select family, sum(amount) as spent, max(no) as newest from numbered where kind = 'R' group by 1) x using (family)
     order by f.bucket, f.family;
    drop table numbered;
    if m >= 3 then
        insert into posting (bucket, message, line, kind, from_kind, from_id, to_kind, to_id, programme, period, amount, business_date)
        select bucket, v_base + 5 * n + rank, 1, 'F', 'P', family, 'Z', family, 1, v_frozen, 200000, v_day + 27
          from fam where i % 12 = (m - 3) % 12 order by rank;
        call report_flush(format('select bucket, %s + rank as message, %L::timestamptz as at, rank / 1000 as piece from fam where i %% 12 = %s',
            v_base + 5 * n, v_open + interval '27 days', (m - 3) % 12));
    end if;
end $$;

create procedure report_end() language plpgsql set search_path = bpnt, public as $$
begin
    alter table posting add primary key (bucket, message, line);
    alter table message add primary key (bucket, terminal, stan, class, pan, generation);
    alter table purse add primary key (bucket, period, programme, family);
    update purse set state = 'F' where balance = 200000 and programme = 1 and period < 202610 and period in (
        select period from posting where kind = 'F' group by 1);
    update bucket b set flush_no = f.no, message_no = f.newest
      from (select bucket, max(no) as no, max(last_message) as newest from flush group by 1) f where f.bucket = b.id;
end $$;
