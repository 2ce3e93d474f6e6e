"""Revisions of the databases' tables. One that was released is never changed: what differs goes into the next."""
