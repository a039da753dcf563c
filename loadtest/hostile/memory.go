package hostile

import (
	"fmt"
	"os"
	"strings"
)

// ResidentBytes is how much memory a process of this machine has at this moment. It can be read on Linux only.
func ResidentBytes(pid int) (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0, fmt.Errorf("the memory of process %d cannot be read: %w", pid, err)
	}
	var size, resident int64
	if _, err := fmt.Fscan(strings.NewReader(string(text)), &size, &resident); err != nil {
		return 0, fmt.Errorf("the memory of process %d cannot be read: %w", pid, err)
	}
	return resident * int64(os.Getpagesize()), nil
}
