"""HTTP that is bounded in time and bytes, and careful about where a credential goes.

It knows neither model cards nor drawings nor catalogs: vendors' APIs (`models.remote`), the hub of weights
(`models.registry`) and catalogs' feeds and pictures (`pipelines.catalog`) are built on it.
"""
