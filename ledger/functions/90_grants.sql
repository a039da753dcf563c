-- Who may do what.

revoke all on all functions in schema bpnt from public;
grant usage on schema bpnt to bpnt_gateway, bpnt_operator;

-- The gateway executes and reads. It cannot change a row by itself.
grant select on bpnt.ledger, bpnt.code, bpnt.programme, bpnt.bucket, bpnt.link, bpnt.masthead, bpnt.outlet, bpnt.terminal
    to bpnt_gateway;
grant execute on function bpnt.post, bpnt.link_id to bpnt_gateway;

-- The operator reads all, keeps the reference data and the cards, and runs jobs. Money moves only through them.
grant select on all tables in schema bpnt to bpnt_operator;
grant insert on bpnt.family, bpnt.card, bpnt.outlet, bpnt.terminal, bpnt.masthead, bpnt.stage,
    bpnt.stay, bpnt.family_move, bpnt.target, bpnt.region, bpnt.bank to bpnt_operator;
-- Who and when are the journal's own to say.
grant insert (action, what, reason) on bpnt.journal to bpnt_operator;
grant update (name) on bpnt.region, bpnt.bank to bpnt_operator;
grant update (masthead, region, bank, kind, operator, status, activated_on) on bpnt.outlet to bpnt_operator;
grant update (outlet, status, epoch, wrapped_tpk, wrapped_tak, changed_at) on bpnt.terminal to bpnt_operator;
grant update (status, tries, pin_value, expiry, programme) on bpnt.card to bpnt_operator;
grant update (region, name) on bpnt.family to bpnt_operator;
grant execute on function bpnt.lock_bucket, bpnt.link_id, bpnt.business_date, bpnt.month_of, bpnt.posting_text,
    bpnt.posting_mark, bpnt.flush_text, bpnt.total, bpnt.rule_on, bpnt.programme_add, bpnt.rule_add, bpnt.stage_clear, bpnt.stage_everyone,
    bpnt.stage_sort, bpnt.stage_faults, bpnt.disburse_begin, bpnt.disburse_chunk, bpnt.disburse_open, bpnt.disburse_reverse,
    bpnt.expire_begin, bpnt.expire_look, bpnt.emptying, bpnt.empty_chunk, bpnt.empty_end, bpnt.dormant_page, bpnt.dormant, bpnt.dormant_chunk,
    bpnt.last_use, bpnt.frozen_on, bpnt.thaw, bpnt.clock to bpnt_operator;
