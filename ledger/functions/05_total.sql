-- A sum of bigints that is a bigint, or an error where it is too large. The built-in sum makes a numeric, with a state of a
-- hundred bytes for each group: an audit groups by purse, of which there are millions. No combinefunc: with two or three
-- postings a purse, workers that each sum a part hand on nearly as many rows as they read (16 s instead of 10).
create aggregate bpnt.total(bigint) (sfunc = int8pl, stype = bigint, initcond = '0', parallel = safe);
