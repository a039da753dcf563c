alter table bpnt_baseline.card add primary key (pan);
alter table bpnt_baseline.purse add primary key (family);
