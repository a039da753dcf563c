-- Notes what does not match, for people. Whoever notes the same again, by its key, changes nothing.
create function bpnt.note_exception(e bpnt.exception) returns void
language sql volatile set search_path = bpnt, pg_temp as $$
    insert into exception (key, kind, at, business_date, link, terminal, outlet, bank, bucket, message, stan, rrn, theirs, ours, detail)
    values (e.key, e.kind, e.at, e.business_date, e.link, e.terminal, e.outlet, e.bank, e.bucket, e.message, e.stan, e.rrn,
        e.theirs, e.ours, coalesce(e.detail, ''))
    on conflict (key) do nothing;
$$;

-- The same of a message that is being decided. The key begins with the bucket, so that no other call waits for it.
create function bpnt.note_amendment(a bpnt.amendment, p_kind text, p_theirs bigint, p_ours bigint, p_detail text) returns void
language plpgsql volatile set search_path = bpnt, pg_temp as $$
declare
    e bpnt.exception;
begin
    e.key := concat_ws(' ', p_kind, a.bucket, a.no);
    e.kind := p_kind;
    e.at := a.at;
    e.business_date := a.date;
    e.link := a.link;
    e.terminal := a.terminal;
    e.outlet := a.outlet;
    e.bank := a.bank;
    e.bucket := a.bucket;
    e.message := a.no;
    e.stan := a.stan;
    e.rrn := rrn(a.bucket, a.no);
    e.theirs := p_theirs;
    e.ours := p_ours;
    e.detail := p_detail;
    perform note_exception(e);
end
$$;
