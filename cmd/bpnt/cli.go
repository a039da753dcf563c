package main

// cli is the command line as data; kong makes flags, environment variables and help pages of it.
type cli struct {
	Demo     demoCmd     `cmd:"" help:"Show the whole thing: private Postgres, Jakarta's families, gateway, terminals, audit."`
	Serve    serveCmd    `cmd:"" help:"Run the gateway."`
	Decode   decodeCmd   `cmd:"" help:"Print an ISO 8583 message field by field, masked."`
	EDC      edcCmd      `cmd:"" name:"edc" help:"Be one terminal: logon, balance, purchase, reverse."`
	Loadtest loadtestCmd `cmd:"" help:"Play many terminals against a gateway and report latencies and money."`
	Ledger   ledgerCmd   `cmd:"" help:"Operate the books: migrate, seed, disburse, audit, terminals, outlets, cards."`
}

type ledgerCmd struct {
	Migrate  migrateCmd  `cmd:"" help:"Make the ledger in a database, or bring it to this program's version."`
	Seed     seedCmd     `cmd:"" help:"Put synthetic Jakarta into an empty ledger."`
	Disburse disburseCmd `cmd:"" help:"Give every family a period's amount."`
	Audit    auditCmd    `cmd:"" help:"Check every invariant of the books."`
	Terminal struct {
		Add   terminalAddCmd   `cmd:"" help:"Register a terminal."`
		Reset terminalResetCmd `cmd:"" help:"After a repair that set a terminal's STAN back: its STANs are new from here on."`
	} `cmd:"" help:"Terminals."`
	Outlet struct {
		Add outletAddCmd `cmd:"" help:"Register an outlet."`
	} `cmd:"" help:"Outlets."`
	Card struct {
		Add  cardAddCmd  `cmd:"" help:"Give a family a card."`
		Show cardShowCmd `cmd:"" help:"Show a card."`
	} `cmd:"" help:"Cards."`
	Family struct {
		Show familyShowCmd `cmd:"" help:"Show a family: cards, purses, newest movements."`
	} `cmd:"" help:"Families."`
}
