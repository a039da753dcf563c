-- No purse is below zero or above what was granted
select format('family %s, period %s: balance Rp %s of Rp %s', family, period, balance, granted)
  from bpnt.purse where balance < 0 or balance > granted
