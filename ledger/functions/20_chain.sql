-- The hash chain over postings.

-- What the chain covers of a posting. Numbers only, so that no session setting changes the text.
create function bpnt.posting_text(p bpnt.posting) returns text language sql stable as $$
    select concat_ws('|', p.message, p.line, p.kind, p.from_kind, p.from_id, p.to_kind, p.to_id, p.programme, p.period,
        p.amount, p.business_date - date '2000-01-01', coalesce(p.batch, -1), coalesce(p.previous, -1)) || E'\n';
$$;

-- Four bytes by which a posting is known again.
create function bpnt.posting_mark(p_text text) returns bytea language sql immutable as $$
    select int4send(hashtext(p_text));
$$;

-- Ends a call: writes the flush row over the postings numbered above the bucket's counter up to p_last and moves the
-- counter. The caller holds the bucket's lock.
create function bpnt.end_flush(p_bucket smallint, p_last bigint, p_now timestamptz) returns void
language plpgsql as $$
declare
    v_head   bpnt.bucket;
    v_text   text;
    v_marks  bytea;
    v_lines  integer;
    v_digest bytea;
begin
    select * into strict v_head from bpnt.bucket where id = p_bucket;
    select string_agg(t.line, ''), string_agg(bpnt.posting_mark(t.line), ''), count(*) into v_text, v_marks, v_lines
      from (select bpnt.posting_text(p) as line from bpnt.posting p
             where p.bucket = p_bucket and p.message > v_head.message_no and p.message <= p_last
             order by p.message, p.line) t;
    if v_lines = 0 then
        update bpnt.bucket set message_no = p_last where id = p_bucket;
        return;
    end if;
    v_digest := sha256(v_head.digest || convert_to(v_text, 'UTF8'));
    insert into bpnt.flush (bucket, no, first_message, last_message, at, postings, digest, marks)
    values (p_bucket, v_head.flush_no + 1, v_head.message_no + 1, p_last, p_now, v_lines, v_digest, v_marks);
    update bpnt.bucket set message_no = p_last, flush_no = v_head.flush_no + 1, digest = v_digest where id = p_bucket;
end
$$;
