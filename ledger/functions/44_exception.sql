-- Exceptions of settlement messages and days.

-- Notes one, with what is known of the terminal's outlet. No terminal: it is about a link.
create function bpnt.note_settlement(p_key text, p_kind text, p_at timestamptz, p_link smallint, p_terminal integer,
    p_stan integer, p_theirs bigint, p_ours bigint, p_detail text, p_rrn text default null, p_bucket smallint default null,
    p_message bigint default null) returns void
language plpgsql volatile set search_path = bpnt, pg_temp as $$
declare
    e exception;
begin
    e.key := p_key;
    e.kind := p_kind;
    e.at := p_at;
    e.business_date := business_date(p_at);
    e.link := p_link;
    e.terminal := p_terminal;
    select o.id, o.bank into e.outlet, e.bank from terminal t join outlet o on o.id = t.outlet where t.id = p_terminal;
    e.bucket := p_bucket;
    e.message := p_message;
    e.stan := p_stan;
    e.rrn := nullif(p_rrn, '');
    e.theirs := p_theirs;
    e.ours := p_ours;
    e.detail := p_detail;
    perform note_exception(e);
end
$$;

-- Notes that a terminal's totals are not ours.
create function bpnt.note_totals(p_kind text, p_at timestamptz, r bpnt.reconciliation) returns void
language plpgsql volatile set search_path = bpnt, pg_temp as $$
begin
    perform note_settlement(p_kind || '/' || r.id, p_kind, p_at, r.link, r.terminal, r.stan,
        r.their_sales_amount - r.their_refunds_amount, r.our_sales_amount - r.our_refunds_amount,
        format('theirs: %s sales, Rp %s, and %s refunds, Rp %s; ours: %s sales, Rp %s, and %s refunds, Rp %s',
            r.their_sales, r.their_sales_amount, r.their_refunds, r.their_refunds_amount,
            r.our_sales, r.our_sales_amount, r.our_refunds, r.our_refunds_amount));
end
$$;
