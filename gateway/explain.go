package gateway

import "bpnt/ledger"

// explanation is what a declined receipt says: the reason in plain words and the next step.
type explanation struct {
	reason, next string
}

// explanations are by verdict. A line has at most 32 characters, the width of a small printer.
var explanations = map[verdict]explanation{
	verdict(ledger.OutcomeConflict):          {"NOMOR TRACE SUDAH DIPAKAI", "ULANGI SEBAGAI TRANSAKSI BARU"},
	verdict(ledger.OutcomeBlocked):           {"TRANSAKSI INI SUDAH DIBATALKAN", "ULANGI SEBAGAI TRANSAKSI BARU"},
	verdict(ledger.OutcomeReversalMismatch):  {"PEMBATALAN TIDAK COCOK", "HUBUNGI BANK"},
	verdict(ledger.OutcomeTerminalUnknown):   {"TERMINAL TIDAK TERDAFTAR", "HUBUNGI BANK"},
	verdict(ledger.OutcomeTerminalSuspended): {"TERMINAL TIDAK AKTIF", "HUBUNGI BANK"},
	verdict(ledger.OutcomeOutletUnknown):     {"E-WARONG TIDAK TERDAFTAR", "HUBUNGI BANK"},
	verdict(ledger.OutcomeOutletSuspended):   {"E-WARONG TIDAK AKTIF", "HUBUNGI BANK"},
	verdict(ledger.OutcomeCardUnknown):       {"KARTU TIDAK DIKENAL", "PERIKSA KARTU KKS"},
	verdict(ledger.OutcomeCardLost):          {"KARTU DILAPORKAN HILANG", "HUBUNGI PENDAMPING ATAU BANK"},
	verdict(ledger.OutcomeCardStolen):        {"KARTU DILAPORKAN DICURI", "HUBUNGI PENDAMPING ATAU BANK"},
	verdict(ledger.OutcomeCardBlocked):       {"KARTU DIBLOKIR", "HUBUNGI PENDAMPING ATAU BANK"},
	verdict(ledger.OutcomeCardInactive):      {"KARTU BELUM DIAKTIFKAN", "AKTIFKAN DI KANTOR BANK"},
	verdict(ledger.OutcomeCardExpired):       {"MASA BERLAKU KARTU HABIS", "SALDO AMAN, GANTI KARTU DI BANK"},
	verdict(ledger.OutcomePINExhausted):      {"PIN SALAH 3 KALI, KARTU TERKUNCI", "BUKA BLOKIR DI KANTOR BANK"},
	verdict(ledger.OutcomePINMissing):        {"PIN BELUM DIMASUKKAN", "ULANGI DENGAN PIN"},
	verdict(ledger.OutcomePINFault):          {"PIN TIDAK TERBACA OLEH SISTEM", "LOGON ULANG ATAU HUBUNGI BANK"},
	verdict(ledger.OutcomePINWrong):          {"PIN SALAH", "PERIKSA PIN LALU ULANGI"},
	verdict(ledger.OutcomeAmountInvalid):     {"JUMLAH TIDAK SAH", "PERIKSA JUMLAH LALU ULANGI"},
	verdict(ledger.OutcomeWrongProgramme):    {"KARTU BUKAN UNTUK PROGRAM INI", "PILIH REKENING SESUAI KARTU"},
	verdict(ledger.OutcomeCashNotAllowed):    {"BANTUAN TIDAK DAPAT DITUNAIKAN", "BELANJAKAN DI E-WARONG"},
	verdict(ledger.OutcomeOutsideHours):      {"DI LUAR JAM LAYANAN", "DATANG LAGI PADA JAM LAYANAN"},
	verdict(ledger.OutcomeAmountLimit):       {"MELEBIHI BATAS SATU TRANSAKSI", "KURANGI JUMLAH LALU ULANGI"},
	verdict(ledger.OutcomeDayAmountLimit):    {"MELEBIHI BATAS JUMLAH SEHARI", "KURANGI JUMLAH ATAU ULANGI BESOK"},
	verdict(ledger.OutcomeDayCountLimit):     {"BATAS TRANSAKSI HARI INI HABIS", "ULANGI BESOK"},
	verdict(ledger.OutcomeAdviceNotAllowed):  {"BERITA ACARA TIDAK DILAYANI", "SIMPAN FORMULIR, HUBUNGI DINSOS"},
	verdict(ledger.OutcomeAdviceLimit):       {"MELEBIHI BATAS BERITA ACARA", "SIMPAN FORMULIR, HUBUNGI DINSOS"},
	verdict(ledger.OutcomeOriginalUnknown):   {"TRANSAKSI ASAL TIDAK DITEMUKAN", "PERIKSA NOMOR RREF"},
	verdict(ledger.OutcomeOriginalClosed):    {"BATCH SUDAH DITUTUP", "GUNAKAN REFUND ATAU HUBUNGI BANK"},
	verdict(ledger.OutcomeOriginalVoided):    {"TRANSAKSI SUDAH DI-VOID", "TIDAK PERLU DIULANG"},
	verdict(ledger.OutcomeOriginalReversed):  {"TRANSAKSI SUDAH DIBATALKAN", "TIDAK PERLU DIULANG"},
	verdict(ledger.OutcomeRefundLimit):       {"MELEBIHI JUMLAH TRANSAKSI ASAL", "KURANGI JUMLAH LALU ULANGI"},
	verdict(ledger.OutcomeAccountFrozen):     {"REKENING BANTUAN DIBEKUKAN", "HUBUNGI PENDAMPING ATAU BANK"},
	verdict(ledger.OutcomeInsufficientFunds): {"SALDO TIDAK CUKUP", "KURANGI JUMLAH BELANJA"},
	verdict(ledger.OutcomeNotFunded):         {"BANTUAN BELUM MASUK", "COBA LAGI SETELAH PENYALURAN"},
	verdict(ledger.OutcomeAidReturned):       {"BANTUAN KEMBALI KE KAS NEGARA", "HUBUNGI PENDAMPING ATAU DINSOS"},
	verdict(ledger.OutcomeAidExpired):        {"MASA PAKAI BANTUAN HABIS", "TUNGGU PENYALURAN BERIKUTNYA"},
	verdictPoisoned:                          {"GANGGUAN SISTEM", "COBA LAGI ATAU HUBUNGI BANK"},
	verdictUnavailable:                       {"SISTEM SEDANG SIBUK", "SALDO TIDAK BERKURANG, COBA LAGI"},
	verdictFormat:                            {"PESAN TIDAK TERBACA", "HUBUNGI BANK"},
	verdictMAC:                               {"KUNCI TERMINAL TIDAK COCOK", "LOGON ULANG ATAU HUBUNGI BANK"},
	verdictBadCode:                           {"JENIS TRANSAKSI TIDAK DILAYANI", "HUBUNGI BANK"},
	verdictNoAccount:                         {"JENIS REKENING TIDAK DILAYANI", "PILIH REKENING LAIN"},
	verdictNoFunction:                        {"FUNGSI TIDAK DILAYANI", "HUBUNGI BANK"},
	verdictNotSignedOn:                       {"JALUR BELUM SIGN-ON", "COBA LAGI ATAU HUBUNGI BANK"},
}

func explain(v verdict) explanation { return explanations[v] }
