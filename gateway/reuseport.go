package gateway

import (
	"os"
	"strings"
)

// migrateFile says whether the kernel hands the queue of a closing socket to another one of the same port.
const migrateFile = "/proc/sys/net/ipv4/tcp_migrate_req"

// checkMigration warns where the kernel would drop what waits in the queue of a gateway that closes its socket beside
// another one's (reuse_port, F41). The kernel's default is 0, since Linux 5.14; older ones have no such setting.
func (g *Gateway) checkMigration(l *link) {
	if !l.ReusePort || migrates(os.ReadFile) {
		return
	}
	g.log.Warn("connections that wait in this gateway's queue when it stops will be reset: set net.ipv4.tcp_migrate_req to 1",
		"link", l.Name, "setting", "reuse_port")
}

func migrates(read func(string) ([]byte, error)) bool {
	text, err := read(migrateFile)
	return err == nil && strings.TrimSpace(string(text)) == "1"
}
