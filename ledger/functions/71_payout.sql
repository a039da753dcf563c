-- What a bank says became of payouts.

-- Enters a bank's file, entry by entry, and tells what each is: marked (new), known (said before), unknown (no payout of
-- the bank has this reference), amount (another amount than ours), twice (an earlier entry of the file says the same),
-- late (paid, after it was rejected, in this file or before: it may be paid twice now). Only marked ones change anything.
-- What is neither marked as paid nor known becomes an exception.
create function bpnt.payout_results(p_now timestamptz, p_bank smallint, p_name text, p_digest bytea,
    p_reference text[], p_status text[], p_amount bigint[], p_reason text[])
returns table (n integer, verdict text, ours bigint)
language plpgsql volatile security definer set search_path = bpnt, pg_temp as $$
#variable_conflict use_column
declare
    v_file integer;
    v_now  timestamptz := clock(p_now);
begin
    -- The same file once more: everything in it is known then.
    insert into payout_file (bank, name, digest, at) values (p_bank, p_name, p_digest, v_now)
    on conflict (bank, digest) do nothing;
    select id into strict v_file from payout_file where bank = p_bank and digest = p_digest;
    return query
    with entry as (
        select e.*, row_number() over (partition by reference, status order by e.n) > 1 as again,
               count(*) filter (where status = 'rejected') over (partition by reference, amount order by e.n) > 0 as rejected
          from unnest(p_reference, p_status, p_amount, p_reason) with ordinality as e (reference, status, amount, reason, n)
    ), told as materialized (
        select e.*, y.id as payout, y.outlet, y.amount as ours, y.reference is not null as found, case
                when y.id is null then 'unknown'
                when y.amount <> e.amount then 'amount'
                when e.again then 'twice'
                when exists (select from payout_result r where r.payout = y.id and r.status = e.status) then 'known'
                when e.status = 'paid' and (e.rejected
                    or exists (select from payout_result r where r.payout = y.id and r.status = 'rejected')) then 'late'
                else 'marked' end as verdict
          from entry e left join (payout y join settlement s on s.id = y.settlement and s.bank = p_bank) on y.reference = e.reference
    ), marked as (
        insert into payout_result (payout, status, file, at, reason)
        select t.payout, t.status, v_file, v_now, t.reason from told t where t.verdict = 'marked'
    ), noted as (
        insert into exception (key, kind, at, business_date, outlet, bank, theirs, ours, detail)
        select format('payout/%s/%s/%s/%s', p_bank, p_name, t.n, t.reference),
               case when t.verdict = 'marked' then 'payout_rejected' else 'payout_' || t.verdict end,
               v_now, business_date(v_now), t.outlet, p_bank, t.amount, t.ours,
               format('%s: %s %s in the bank''s file %s', t.reference, t.status, t.reason, p_name)
          from told t where t.verdict not in ('marked', 'known') or t.verdict = 'marked' and t.status = 'rejected'
        on conflict (key) do nothing
    )
    select t.n::integer, t.verdict, t.ours from told t order by t.n;
end
$$;
