package main

// cli is the command line as data; kong makes flags, environment variables and help pages of it.
type cli struct {
	Demo     demoCmd   `cmd:"" help:"Show the whole thing: private Postgres, Jakarta's families, gateway, terminals, audit."`
	Serve    serveCmd  `cmd:"" help:"Run the gateway."`
	Decode   decodeCmd `cmd:"" help:"Print an ISO 8583 message field by field, masked."`
	EDC      edcCmd    `cmd:"" name:"edc" help:"Be one terminal: a whole day, or its messages one by one."`
	Switch   switchCmd `cmd:"" name:"switch" help:"Be a bank's switch: sign on, forward redemptions, cut over, reconcile."`
	Loadtest struct {
		Run       loadtestCmd  `cmd:"" default:"withargs" help:"Play many terminals; bpnt loadtest does the same, bpnt loadtest run --help lists its flags."`
		Proxy     proxyCmd     `cmd:"" help:"Stand between terminals and any ISO 8583 host, and do what networks do: cut, stall, repeat, reorder, lose."`
		Hostile   hostileCmd   `cmd:"" help:"Attack a gateway while honest terminals shop: slowloris, bombs, replays, PIN guessing, crowds, and what the honest feel."`
		Chaos     chaosCmd     `cmd:"" help:"Hurt gateways, Postgres and lines by a seeded schedule while terminals shop, and prove that nothing was lost or doubled."`
		Baselines baselinesCmd `cmd:"" help:"Measure pgbench, simpler gateways, the ledger alone and this gateway side by side."`
	} `cmd:"" help:"Play many terminals against a gateway and report latencies and money."`
	Ledger ledgerCmd `cmd:"" help:"Operate the books: migrate, seed, disburse, audit, terminals, outlets, cards."`
}

type ledgerCmd struct {
	Migrate    migrateCmd   `cmd:"" help:"Make the ledger in a database, or bring it to this program's version."`
	Seed       seedCmd      `cmd:"" help:"Put synthetic Jakarta into an empty ledger."`
	Disburse   disburseCmd  `cmd:"" help:"Pay a file, or a month to every family; take a disbursement back."`
	Freeze     freezeCmd    `cmd:"" help:"Freeze the money that families leave alone."`
	Return     returnCmd    `cmd:"" help:"Return what has long been frozen to the treasury."`
	Thaw       thawCmd      `cmd:"" help:"Give a family its frozen money back."`
	Expire     expireCmd    `cmd:"" help:"Empty the periods whose money has expired."`
	Audit      auditCmd     `cmd:"" help:"Check every invariant of the books."`
	Size       sizeCmd      `cmd:"" help:"What each table of the books takes on disk, in all and a row."`
	Report     reportCmd    `cmd:"" help:"Who was funded, who redeemed, where the money went, as of any moment; flags for people."`
	Settle     settleCmd    `cmd:"" help:"Close a bank's business day, write its files, read the bank's answer."`
	Reconcile  reconcileCmd `cmd:"" help:"Hold ledger, terminals and switches of a bank's day against one another."`
	Bank       bankCmd      `cmd:"" help:"Banks and the accounts that they pay outlets from."`
	Target     targetCmd    `cmd:"" help:"How many outlets shall be active by when."`
	Programme  programmeCmd `cmd:"" help:"Programmes and their dated rules."`
	Import     importCmd    `cmd:"" help:"Bring a file of families, cards, outlets, terminals, regions or banks into the books."`
	Batch      batchCmd     `cmd:"" help:"What terminals and switches closed; closing what outlets forgot."`
	Exceptions mismatchCmd  `cmd:"" help:"What does not match, and what was done about it."`
	Link       linkCmd      `cmd:"" help:"Links of switches: their days and keys."`
	Terminal   struct {
		Add      terminalAddCmd      `cmd:"" help:"Register a terminal."`
		Show     terminalShowCmd     `cmd:"" help:"Show a terminal: where it stands and stood."`
		Move     terminalMoveCmd     `cmd:"" help:"It stands in another outlet from now on."`
		Suspend  terminalSuspendCmd  `cmd:"" help:"Let a terminal do nothing but reverse."`
		Activate terminalActivateCmd `cmd:"" help:"Let a suspended terminal trade again."`
		Key      terminalKeyCmd      `cmd:"" help:"Load a terminal's PIN key, or its master key."`
		Reset    terminalResetCmd    `cmd:"" help:"After a repair that set a terminal's STAN back: its STANs are new from here on."`
	} `cmd:"" help:"Terminals."`
	Outlet struct {
		Add      outletAddCmd      `cmd:"" help:"Register an outlet."`
		Show     outletShowCmd     `cmd:"" help:"Show an outlet and its terminals."`
		Set      outletSetCmd      `cmd:"" help:"Change what is known of an outlet."`
		Suspend  outletSuspendCmd  `cmd:"" help:"Let an outlet's terminals do nothing but reverse."`
		Activate outletActivateCmd `cmd:"" help:"Let an outlet trade."`
		Close    outletCloseCmd    `cmd:"" help:"Close an outlet, for ever."`
	} `cmd:"" help:"Outlets."`
	Card struct {
		Add      cardAddCmd      `cmd:"" help:"Give a family a card."`
		Show     cardShowCmd     `cmd:"" help:"Show a card and what was done to it."`
		Activate cardActivateCmd `cmd:"" help:"The family has its card in hand."`
		Block    cardBlockCmd    `cmd:"" help:"Block a card."`
		Unblock  cardUnblockCmd  `cmd:"" help:"Unblock a card, also after three wrong PINs."`
		Lost     cardLostCmd     `cmd:"" help:"A card is lost: it is never used again."`
		Stolen   cardStolenCmd   `cmd:"" help:"A card is stolen: it is never used again."`
		PIN      cardPINCmd      `cmd:"" name:"pin" help:"Give a card a new PIN."`
		Replace  cardReplaceCmd  `cmd:"" help:"Give a family another card for one that is lost, stolen, damaged or expired."`
	} `cmd:"" help:"Cards."`
	Family struct {
		Add    familyAddCmd    `cmd:"" help:"Register a family whose card has not come yet."`
		Show   familyShowCmd   `cmd:"" help:"Show a family: cards, purses, newest movements, what was done."`
		Move   familyMoveCmd   `cmd:"" help:"A family lives in another region from now on."`
		Bank   familyBankCmd   `cmd:"" help:"A family's cards are another bank's from the next business day on."`
		Rename familyRenameCmd `cmd:"" help:"Correct a family's name."`
	} `cmd:"" help:"Families."`
}
