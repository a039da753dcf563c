package iso

import "testing"

func TestRupiah(t *testing.T) {
	for amount, want := range map[int64]string{
		0: "Rp 0", 7: "Rp 7", 999: "Rp 999", 1_000: "Rp 1.000", 110_000: "Rp 110.000", 999_999_999_999: "Rp 999.999.999.999",
		-5_000: "Rp -5.000",
	} {
		if got := Rupiah(amount); got != want {
			t.Errorf("%d gives %q, want %q", amount, got, want)
		}
	}
}
