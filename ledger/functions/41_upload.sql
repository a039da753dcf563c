-- Batch upload: what a terminal has in its journal, held against the books. Nothing here moves money.

-- Where a message of a terminal's journal stands in our books.
--
--   matched   approved, under this terminal and STAN, with this RRN, amount and card
--   differs   another amount, card or STAN; or it was reversed
--   foreign   the RRN is another terminal's
--   unknown   no such RRN, or we declined it
create function bpnt.upload_find(p_terminal integer, p_stan integer, p_rrn text, p_pan uuid, p_amount bigint,
    out verdict text, out bucket smallint, out message bigint, out ours bigint, out why text)
language plpgsql stable
set search_path = bpnt, pg_temp
set enable_seqscan = off
as $$
#variable_conflict use_column
declare
    m message;
    p posting;
begin
    verdict := 'unknown';
    if p_rrn !~ '^[0-9]{12}$' then
        why := 'it has no RRN of ours';
        return;
    end if;
    select * into m from message x where x.bucket = left(p_rrn, 2)::smallint and x.terminal = p_terminal and x.stan = p_stan
       and x.id % 10000000000 = right(p_rrn, 10)::bigint limit 1;
    if m.id is null then
        select * into p from posting x where x.bucket = left(p_rrn, 2)::smallint and x.message = right(p_rrn, 10)::bigint
           and x.kind in ('R', 'A', 'U') limit 1;
        select * into m from message x where x.bucket = p.bucket and x.terminal = p_terminal and x.batch = p.batch
           and x.outcome = 1 and x.class in ('R', 'V', 'N') and x.id = p.message limit 1;
        verdict := case when p.bucket is null then 'unknown' when m.id is null then 'foreign' else 'differs' end;
        why := case verdict when 'unknown' then 'it is not in the books' when 'foreign' then 'the RRN is another terminal''s'
            else format('it stands under STAN %s', lpad(m.stan::text, 6, '0')) end;
    elsif m.outcome <> 1 or m.class not in ('R', 'V', 'N') then
        why := format('it was not approved, with outcome %s', m.outcome);
    elsif exists (select from message v
                   where v.bucket = m.bucket and v.terminal = m.terminal and v.stan = m.stan
                     and v.class = lower(m.class::text)::"char" and v.pan = m.pan
                     and v.generation = m.generation and v.outcome = 2) then
        verdict := 'differs';
        why := 'it was reversed';
    elsif m.amount <> p_amount or m.pan <> p_pan then
        verdict := 'differs';
        why := case when m.amount <> p_amount then 'the amounts differ' else 'the cards differ' end;
    else
        verdict := 'matched';
    end if;
    bucket := m.bucket;
    message := m.id;
    ours := m.amount;
end
$$;

-- Notes one message of an upload. Noted twice it is one row and one exception.
create function bpnt.upload_note(p_now timestamptz, p_link smallint, p_tid text, p_mti integer, p_stan integer, p_rrn text,
    p_pan uuid, p_amount bigint, p_code integer, out outcome smallint, out replay boolean, out at timestamptz)
language plpgsql volatile security definer
set search_path = bpnt, pg_temp
set enable_seqscan = off
as $$
#variable_conflict use_column
declare
    t       terminal;
    r       reconciliation;
    f       record;
    v_found text;
begin
    at := clock(p_now);
    replay := false;
    select * into t from terminal x where x.link = p_link and x.tid = p_tid and x.status <> 'unregistered';
    if t.id is null then
        outcome := 20;
        return;
    end if;
    select * into r from (select * from reconciliation x where x.terminal = t.id order by x.terminal desc, x.id desc limit 1) x
     where x.status = 'disputed';
    select * into f from upload_find(t.id, p_stan, p_rrn, p_pan, p_amount);
    insert into upload (terminal, reconciliation, original_mti, original_stan, rrn, amount, found, at)
    values (t.id, r.id, p_mti, p_stan, p_rrn, p_amount, f.verdict, at) on conflict do nothing returning found into v_found;
    if v_found is null then
        select u.found, true, u.at into v_found, replay, at from upload u
         where u.terminal = t.id and coalesce(u.reconciliation, 0) = coalesce(r.id, 0) and u.original_stan = p_stan
           and u.rrn = p_rrn;
    elsif v_found <> 'matched' then
        -- The first batch that is spoken of is the same when a settlement is sent anew and all is uploaded again.
        perform note_settlement(format('upload/%s/%s/%s/%s', t.id,
                coalesce((select min(b.no) from batch b where b.reconciliation = r.id), t.batch), p_stan, p_rrn),
            'upload_' || v_found, at, t.link, t.id, p_stan, p_amount, f.ours,
            format('uploaded as %s, DE3 %s: %s', lpad(p_mti::text, 4, '0'), lpad(p_code::text, 6, '0'), f.why),
            p_rrn, f.bucket, f.message);
    end if;
    outcome := case v_found when 'foreign' then 83 else 1 end;
end
$$;
