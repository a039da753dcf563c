package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"bpnt/gateway"
	"bpnt/gateway/pin"
	"bpnt/ledger"
)

// host is a gateway with its admin page, on a ledger of its own role.
type host struct {
	books   *ledger.Ledger
	gateway *gateway.Gateway
	admin   *http.Server
	address net.Addr      // of the admin page; nil for none
	ended   chan struct{} // closed when the gateway has stopped
	result  error         // of the gateway; read after ended
	stop    context.CancelFunc
}

// Limits of the admin page: it is small and its readers are few.
const (
	adminHeaderTimeout = 5 * time.Second
	adminWriteTimeout  = 30 * time.Second
	adminIdleTimeout   = 2 * time.Minute // above a scraper's usual minute, so that its connection stays
)

// startHost opens the ledger, the links and the admin page. disk is a folder on the disk that holds the books, empty where
// they are on another machine. The gateway drains when ctx ends; close waits for it.
// sockets are those that were handed over for links and for the admin page, by name; nil for none.
func startHost(
	ctx context.Context, url, disk string, keys *pin.Keystore, c gateway.Config, admin string, sockets map[string]net.Listener, log *slog.Logger,
) (*host, error) {
	books, err := ledger.Open(ctx, ledger.Options{URL: url, Role: ledger.RoleGateway, AppName: "bpnt gateway"})
	if err != nil {
		return nil, err
	}
	if err := sameKeys(books, keys); err != nil {
		books.Close()
		return nil, err
	}
	page := sockets[adminSocket]
	delete(sockets, adminSocket)
	g, err := gateway.New(c, gateway.Deps{Ledger: books, Keys: keys, Log: log, Disk: disk, Listeners: sockets})
	if err != nil {
		books.Close()
		return nil, usage("the gateway cannot start: %w", err)
	}
	serving, stop := context.WithCancel(ctx)
	h := &host{books: books, gateway: g, ended: make(chan struct{}), stop: stop}
	go func() {
		defer close(h.ended)
		h.result = g.Serve(serving)
	}()
	if err := h.openAdmin(ctx, admin, page); err != nil {
		return nil, errors.Join(err, h.close())
	}
	return h, nil
}

// openAdmin listens on the address, where no socket was handed over.
func (h *host) openAdmin(ctx context.Context, address string, listener net.Listener) (err error) {
	if address == "" && listener == nil {
		return nil
	}
	if listener == nil {
		var config net.ListenConfig
		if listener, err = config.Listen(ctx, "tcp", address); err != nil {
			return usage("the admin page cannot listen on %s (--admin names another address): %w", address, plain(err))
		}
	}
	h.admin = &http.Server{
		Handler: h.gateway.AdminHandler(), ReadHeaderTimeout: adminHeaderTimeout, WriteTimeout: adminWriteTimeout,
		IdleTimeout: adminIdleTimeout,
	}
	h.address = listener.Addr()
	go func() { _ = h.admin.Serve(listener) }() // ends by Close, which close calls
	return nil
}

// close drains the gateway, then closes the admin page, so that the drain can be watched, and the ledger.
func (h *host) close() error {
	h.stop()
	<-h.ended
	err := h.result
	if h.admin != nil {
		err = errors.Join(err, h.admin.Close())
	}
	h.books.Close()
	if err != nil {
		return fmt.Errorf("the gateway did not stop cleanly: %w", err)
	}
	return nil
}
