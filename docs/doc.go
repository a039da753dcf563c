// Package docs holds the documents, and the tests that keep them true: every command in them is run (commands_test.go),
// the tables in them are those of the code (tables_test.go), and the house stands as DESIGN draws it (house_test.go).
package docs
