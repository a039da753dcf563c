-- Generations of a key follow one another in time, and a tombstone has no effect
select format('terminal %s, STAN %s: generation %s after %s', m.terminal, m.stan, m.generation, m.before)
  from (select terminal, stan, generation, at, lag(generation) over w as before, lag(at) over w as at_before
          from bpnt.message where class in ('R', 'I', 'V', 'O')
        window w as (partition by bucket, terminal, stan, class, pan order by generation)) m
 where m.generation <> coalesce(m.before, -1) + 1 or m.at < m.at_before
union all
select format('message %s/%s: a tombstone with a posting', m.bucket, m.id)
  from bpnt.message m join bpnt.posting p on p.bucket = m.bucket and p.message = m.id
 where m.outcome = 5
