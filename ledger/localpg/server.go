package localpg

import (
	"net/url"
	"os"
	"strings"
	"sync"
)

// superuser is the one database user of a fresh server; the ledger's migrations create the others.
const superuser = "postgres"

// Server is a running Postgres. Its methods may be called from several goroutines.
type Server struct {
	binaries  Binaries
	dataDir   string // Postgres's own, inside Config.DataDir
	socketDir string
	port      string // names the socket's file; nothing listens on a network
	pid       int
	attached  bool

	mu         sync.Mutex // Stop and Kill, one at a time
	process    *process   // nil where another process started it
	lock       *os.File   // nil where another process holds it, and after Stop or Kill
	tempSocket bool       // socketDir is in the temporary folder and ours to remove
}

// URL is how to connect to a database of this server, for pgx and for psql.
func (s *Server) URL(database string) string { return URL(database, s) }

// URL is how to connect to a database of whichever of the servers takes writes, the first named first.
func URL(database string, servers ...*Server) string {
	hosts, ports := make([]string, len(servers)), make([]string, len(servers))
	for i, s := range servers {
		hosts[i], ports[i] = url.PathEscape(s.socketDir), s.port
	}
	address := "postgres:///" + url.PathEscape(database) +
		"?host=" + strings.Join(hosts, ",") + "&port=" + strings.Join(ports, ",") + "&user=" + superuser
	if len(servers) > 1 {
		address += "&target_session_attrs=read-write"
	}
	return address
}

// Pid is the process id of the postmaster.
func (s *Server) Pid() int { return s.pid }

// Attached tells that Start found the server running.
func (s *Server) Attached() bool { return s.attached }

// Binaries is the installation that this server runs from.
func (s *Server) Binaries() Binaries { return s.binaries }
