-- The hash chain over postings. A flush's digest is SHA-256 over the digest before, the flush's own line, and a line for
-- each of its postings. Numbers only, so that no session setting changes the text.

-- The flush's line: its place, its range of message numbers, and its time in microseconds, on which every report as of a
-- past date rests.
create function bpnt.flush_text(f bpnt.flush) returns text language sql stable parallel safe as $$
    select concat_ws('|', f.bucket, f.no, f.first_message, f.last_message, (extract(epoch from f.at) * 1000000)::bigint,
        f.postings) || E'\n';
$$;

create function bpnt.posting_text(p bpnt.posting) returns text language sql stable parallel safe as $$
    select concat_ws('|', p.message, p.line, p.kind, p.from_kind, p.from_id, p.to_kind, p.to_id, p.programme, p.period,
        p.amount, p.business_date - date '2000-01-01', coalesce(p.batch, -1), coalesce(p.previous, -1)) || E'\n';
$$;

-- Four bytes by which a posting is known again once a digest is wrong: they say where to look, the digest is the proof.
-- hashtext has given the same since Postgres 8.4, and hash partitions and hash indexes, which pg_upgrade keeps, hold it
-- to that (TestMarkIsStable); a big-endian machine computes another, so books that were carried to one by dump still
-- prove themselves but name no row. SHA-256 instead costs five times as much: 1 µs of a redemption's 40.
create function bpnt.posting_mark(p_text text) returns bytea language sql immutable parallel safe as $$
    select int4send(hashtext(p_text));
$$;

-- Ends a call: writes the flush row over the postings numbered above the bucket's counter up to p_last and moves the
-- counter. The caller holds the bucket's lock.
create function bpnt.end_flush(p_bucket smallint, p_last bigint, p_now timestamptz) returns void
language plpgsql as $$
declare
    v_head bpnt.bucket;
    v_new  bpnt.flush;
    v_text text;
begin
    select * into strict v_head from bpnt.bucket where id = p_bucket;
    select string_agg(t.line, ''), string_agg(bpnt.posting_mark(t.line), ''), count(*) into v_text, v_new.marks, v_new.postings
      from (select bpnt.posting_text(p) as line from bpnt.posting p
             where p.bucket = p_bucket and p.message > v_head.message_no and p.message <= p_last
             order by p.message, p.line) t;
    if v_new.postings = 0 then
        update bpnt.bucket set message_no = p_last where id = p_bucket;
        return;
    end if;
    v_new.bucket := p_bucket;
    v_new.no := v_head.flush_no + 1;
    v_new.first_message := v_head.message_no + 1;
    v_new.last_message := p_last;
    v_new.at := p_now;
    v_new.digest := sha256(v_head.digest || convert_to(bpnt.flush_text(v_new) || v_text, 'UTF8'));
    insert into bpnt.flush select v_new.*;
    update bpnt.bucket set message_no = p_last, flush_no = v_new.no, digest = v_new.digest where id = p_bucket;
end
$$;
