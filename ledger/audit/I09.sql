-- Generations of a key are numbered without a gap, and a tombstone has no effect
select format('terminal %s, STAN %s: generation %s after %s', m.terminal, m.stan, m.generation, m.before)
  from (select terminal, stan, generation, lag(generation) over w as before
          from bpnt.message where class in ('R', 'I', 'V', 'N', 'O')
        window w as (partition by bucket, terminal, stan, class, pan order by generation)) m
 where m.generation <> coalesce(m.before, -1) + 1
union all
select format('message %s/%s: a tombstone with a posting', m.bucket, m.id)
  from bpnt.message m join bpnt.posting p on p.bucket = m.bucket and p.message = m.id
 where m.outcome = 5
