"""The live web application: server, protocol and page."""
