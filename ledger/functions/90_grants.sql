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
grant execute on function bpnt.rrn to bpnt_gateway, bpnt_operator;
grant execute on function bpnt.collect_chunk to bpnt_operator;

-- The bank's day.
grant insert on bpnt.outlet_bank, bpnt.family_bank to bpnt_operator;
grant update (account, account_holder) on bpnt.bank, bpnt.outlet to bpnt_operator;
grant update (bank) on bpnt.family to bpnt_operator;
grant execute on function bpnt.outlet_spans, bpnt.issuer_of, bpnt.pass_bucket, bpnt.settle_first, bpnt.settle_due,
    bpnt.settle_check, bpnt.settle_close, bpnt.payout_results, bpnt.batch_entries, bpnt.switch_day_entries,
    bpnt.note_day_difference to bpnt_operator;

-- A terminal's day and a switch's. What their functions read and write is not the gateway's to touch.
grant execute on function bpnt.pass_bucket, bpnt.batch_begin, bpnt.batch_end, bpnt.batch_step, bpnt.upload_note, bpnt.switch_day,
    bpnt.switch_compare, bpnt.open_switch_day, bpnt.cut_over, bpnt.terminal_keys, bpnt.terminal_keys_used, bpnt.link_keys,
    bpnt.link_keys_used to bpnt_gateway, bpnt_operator;
grant execute on function bpnt.last_cut_over, bpnt.close_forgotten to bpnt_operator;
grant insert (exception, settled, note) on bpnt.exception_note to bpnt_operator;
grant update (wrapped_tmk, wrapped_tpk_before) on bpnt.terminal to bpnt_operator;
grant update (wrapped_zmk) on bpnt.link to bpnt_operator;

-- What an operator's screen shows, through the gateway's page of metrics.
grant execute on function bpnt.books_standing to bpnt_gateway, bpnt_operator;
