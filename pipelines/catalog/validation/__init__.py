"""Great Expectations for catalogs: suites for feeds and finished batches, in a process of their own, with Data Docs."""
