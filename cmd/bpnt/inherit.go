package main

import (
	"net"

	"github.com/coreos/go-systemd/v22/activation"
)

// adminSocket is the name of a socket that is handed over for the admin page; those of the others are names of links.
const adminSocket = "admin"

// inherited are the sockets that systemd opened for us (LISTEN_FDS), by name (FileDescriptorName in the .socket unit).
// They outlive us, so a restart refuses nobody.
func inherited() (map[string]net.Listener, error) {
	all := map[string]net.Listener{}
	for _, file := range activation.Files(true) {
		name := file.Name()
		listener, err := net.FileListener(file)
		_ = file.Close() // the listener has a descriptor of its own
		if err != nil {
			return nil, usage("the socket %q that was handed over does not listen: %w", name, err)
		}
		if all[name] != nil {
			return nil, usage("two sockets named %q were handed over: a link listens on one", name)
		}
		all[name] = listener
	}
	return all, nil
}
